namespace GenKernels.Runtime;

/// <summary>
/// One of several algorithms for the same work, while it is measured. An algorithm that throws drops out.
/// </summary>
/// <param name="device">The device that the algorithm runs on.</param>
/// <param name="work">Does the work once.</param>
internal sealed class TimedAlgorithm(Device device, Action work) : IDisposable
{
    private readonly List<double> _turns = [];
    private CudaGraph? _graph;
    private double _glance = double.PositiveInfinity;

    /// <summary>
    /// The time of doing the work once: the median of the turns, or without turns the best run of the glance; infinity
    /// for an algorithm that dropped out.
    /// </summary>
    internal double Seconds => Fault is not null ? double.PositiveInfinity
        : _turns.Count == 0 ? _glance : _turns.Order().ElementAt(_turns.Count / 2);

    /// <summary>Whether its time is that of the glance, as it had no turns.</summary>
    internal bool IsGlance => _turns.Count == 0;

    /// <summary>Why it dropped out, or null.</summary>
    internal Exception? Fault { get; private set; }

    /// <summary>
    /// A quick first measurement: one warm-up run, which compiles and allocates, then several timed ones, of which the
    /// best counts in case the system interrupted one.
    /// </summary>
    /// <param name="most">The most timed runs.</param>
    /// <param name="patience">Seconds after which no further run is timed.</param>
    /// <param name="begin">An event to measure with.</param>
    /// <param name="end">Another.</param>
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

    /// <summary>Times repetitions of the algorithm between two events.</summary>
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
