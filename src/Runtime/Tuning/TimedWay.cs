namespace GenKernels.Runtime;

/// <summary>One of several ways to do the same work, while it is measured. A way that throws is out.</summary>
/// <param name="device">What it runs on.</param>
/// <param name="work">Does the work once.</param>
internal sealed class TimedWay(Device device, Action work) : IDisposable
{
    private readonly List<double> _turns = [];
    private CudaGraph? _graph;
    private double _glance = double.PositiveInfinity;

    /// <summary>Of doing the work once: the median of the turns, or of the glances the best; infinity for a way that
    /// is out.</summary>
    internal double Seconds => Fault is not null ? double.PositiveInfinity
        : _turns.Count == 0 ? _glance : _turns.Order().ElementAt(_turns.Count / 2);

    /// <summary>Whether it had no turns.</summary>
    internal bool IsGlance => _turns.Count == 0;

    /// <summary>Why it is out, or null.</summary>
    internal Exception? Fault { get; private set; }

    /// <summary>
    /// Runs the way once for what is compiled or allocated at first, then some times for its time, of which the system
    /// may have taken one for itself.
    /// </summary>
    /// <param name="most">Times at most.</param>
    /// <param name="patience">Seconds after which there is no further time.</param>
    /// <param name="begin">To measure with.</param>
    /// <param name="end">Likewise.</param>
    internal void Glance(int most, double patience, DeviceEvent begin, DeviceEvent end) => Guard(() =>
    {
        work();
        device.Synchronize();
        double taken = 0;
        for (int time = 0; time < most && taken < patience; time++)
        {
            double seconds = Time(work, begin, end);
            taken += seconds;
            _glance = Math.Min(_glance, seconds);
        }
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
