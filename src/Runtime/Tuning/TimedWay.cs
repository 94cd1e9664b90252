namespace GenKernels.Runtime;

/// <summary>One of several ways to do the same work, while it is measured. A way that throws is out.</summary>
/// <param name="device">What it runs on.</param>
/// <param name="work">Does the work once.</param>
internal sealed class TimedWay(Device device, Action work) : IDisposable
{
    private readonly List<double> _turns = [];
    private CudaGraph? _graph;
    private double _firstLook = double.PositiveInfinity;

    /// <summary>Of doing the work once: the median of the turns, or the first look; infinity for a way that is
    /// out.</summary>
    internal double Seconds => Fault is not null ? double.PositiveInfinity
        : _turns.Count == 0 ? _firstLook : _turns.Order().ElementAt(_turns.Count / 2);

    /// <summary>Why it is out, or null.</summary>
    internal Exception? Fault { get; private set; }

    /// <summary>Runs the way twice: what is compiled or allocated at first counts no more at the second time.</summary>
    internal void Look(DeviceEvent begin, DeviceEvent end) => Guard(() =>
    {
        work();
        device.Synchronize();
        _firstLook = Time(work, begin, end);
    });

    /// <summary>Runs it some times between two events.</summary>
    internal void TakeTurn(int repetitions, DeviceEvent begin, DeviceEvent end) => Guard(() =>
    {
        if (_turns.Count == 0) _graph = device.Capture(Repeat);
        _turns.Add(Time(_graph is null ? Repeat : _graph.Launch, begin, end) / repetitions);

        void Repeat()
        {
            for (int index = 0; index < repetitions; index++) work();
        }
    });

    /// <inheritdoc/>
    public void Dispose() => _graph?.Dispose();

    private static double Time(Action work, DeviceEvent begin, DeviceEvent end)
    {
        begin.Record();
        work();
        end.Record();
        return end.Since(begin).TotalSeconds;
    }

    private void Guard(Action action)
    {
        if (Fault is not null) return;
        try
        {
            action();
        }
        catch (Exception fault)
        {
            Fault = fault;
        }
    }
}
