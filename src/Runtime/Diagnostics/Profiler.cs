using System.Diagnostics;

namespace GenKernels.Runtime;

/// <summary>
/// Times what a device does in a step, launch by launch: each is bracketed by two device events, which are read when
/// the step is over. Copies between device and host count as work of the device.
/// </summary>
/// <remarks>
/// Each event costs about a microsecond of host time, which counts as time outside kernels. Concurrent launches of
/// several threads are timed separately, so that on a CPU their times overlap. Work captured in a graph is not seen,
/// neither at the capture nor at replays.
/// </remarks>
public sealed class Profiler : IWorkObserver, IDisposable
{
    private readonly Device _device;
    private readonly Lock _lock = new();
    private readonly Stack<DeviceEvent> _spare = new();
    private readonly List<Entry> _entries = [];
    private readonly List<RangeEntry> _ranges = [];
    private readonly Dictionary<int, Stack<int>> _open = [];
    private readonly Dictionary<(Kernel, int, int), KernelFootprint?> _footprints = [];

    /// <param name="device">The device to observe while a step is measured; it must outlive the profiler.</param>
    public Profiler(Device device) => _device = device;

    /// <summary>Runs a step and times what the device did; for one thread at a time.</summary>
    /// <param name="step">The step to measure.</param>
    /// <returns>The times of all work; the wall time includes waiting for its end.</returns>
    /// <exception cref="InvalidOperationException">The device has another observer already.</exception>
    public ProfiledStep Measure(Action step)
    {
        if (_device.Observer is not null) throw new InvalidOperationException($"{_device} is being watched already");
        _device.Synchronize();
        using DeviceEvent begin = _device.RecordEvent();
        using DeviceEvent end = _device.RecordEvent();
        _device.Observer = this;
        try
        {
            long started = Stopwatch.GetTimestamp();
            begin.Record();
            step();
            end.Record();
            _device.Synchronize();
            TimeSpan wall = Stopwatch.GetElapsedTime(started);
            return Read(begin, end, wall);
        }
        finally
        {
            _device.Observer = null;
            Recycle();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        while (_spare.TryPop(out DeviceEvent? spare)) spare.Dispose();
    }

    long IWorkObserver.Begin(Device device, in DeviceWork work, ReadOnlySpan<KernelArgument> arguments)
    {
        Entry entry = new(work, Shapes(arguments), Take(), Take());
        long mark;
        lock (_lock)
        {
            _entries.Add(entry);
            mark = _entries.Count - 1;
        }

        entry.Begin.Record();
        return mark;
    }

    void IWorkObserver.End(long mark)
    {
        Entry entry;
        lock (_lock)
        {
            if (mark >= _entries.Count) return;  // another thread's, begun before the step ended
            entry = _entries[(int)mark];
        }

        entry.End.Record();
        entry.IsEnded = true;
    }

    void IWorkObserver.Enter(string range)
    {
        RangeEntry entry = new(range, Take(), Take());
        entry.Begin.Record();
        lock (_lock)
        {
            if (!_open.TryGetValue(Environment.CurrentManagedThreadId, out Stack<int>? open))
            {
                _open.Add(Environment.CurrentManagedThreadId, open = new Stack<int>());
            }

            entry.Depth = open.Count;
            _ranges.Add(entry);
            open.Push(_ranges.Count - 1);
        }
    }

    void IWorkObserver.Leave()
    {
        RangeEntry entry;
        lock (_lock)
        {
            // A range that was opened before the step is not profiled.
            if (!_open.TryGetValue(Environment.CurrentManagedThreadId, out Stack<int>? open)) return;
            if (!open.TryPop(out int index)) return;
            entry = _ranges[index];
        }

        entry.End.Record();
        entry.IsEnded = true;
    }

    private static Shape[] Shapes(ReadOnlySpan<KernelArgument> arguments)
    {
        int count = 0;
        foreach (KernelArgument argument in arguments) count += argument.Tensor is null ? 0 : 1;
        Shape[] shapes = new Shape[count];
        count = 0;
        foreach (KernelArgument argument in arguments)
        {
            if (argument.Tensor is { } tensor) shapes[count++] = tensor.Shape;
        }

        return shapes;
    }

    private DeviceEvent Take()
    {
        lock (_lock)
        {
            if (_spare.TryPop(out DeviceEvent? spare)) return spare;
        }

        return _device.RecordEvent();
    }

    private ProfiledStep Read(DeviceEvent begin, DeviceEvent end, TimeSpan wall) => new(
        end.Since(begin), wall,
        [.. _entries.Where(entry => entry.IsEnded).Select(entry => Read(entry, begin))],
        [
            .. from range in _ranges
               where range.IsEnded
               select new ProfiledRange(
                   range.Name, range.Depth, range.Begin.Since(begin), range.End.Since(range.Begin)),
        ]);

    private ProfiledWork Read(Entry entry, DeviceEvent begin)
    {
        DeviceWork work = entry.Work;
        KernelModule? module = work.Kernel?.Module;
        string variant = module is null ? "" : module.Variant.Replace(';', ' ');
        ElementType? type = module?.Type ?? work.Type;
        return new ProfiledWork(
            work.Name, $"{type} {variant}".Trim(), string.Join(' ', entry.Shapes), work.Cost, type,
            entry.Begin.Since(begin), entry.End.Since(entry.Begin), Footprint(work));
    }

    private KernelFootprint? Footprint(DeviceWork work)
    {
        if (work.Kernel is not { } kernel) return null;
        (Kernel, int, int) key = (kernel, work.Shape.BlockX, work.Shape.SharedBytes);
        if (_footprints.TryGetValue(key, out KernelFootprint? known)) return known;
        return _footprints[key] = _device.Footprint(kernel, work.Shape);
    }

    private void Recycle()
    {
        foreach (Entry entry in _entries)
        {
            _spare.Push(entry.Begin);
            _spare.Push(entry.End);
        }

        foreach (RangeEntry range in _ranges)
        {
            _spare.Push(range.Begin);
            _spare.Push(range.End);
        }

        _entries.Clear();
        _ranges.Clear();
        _open.Clear();
    }

    private sealed record Entry(DeviceWork Work, Shape[] Shapes, DeviceEvent Begin, DeviceEvent End)
    {
        internal bool IsEnded { get; set; }
    }

    private sealed record RangeEntry(string Name, DeviceEvent Begin, DeviceEvent End)
    {
        internal int Depth { get; set; }

        internal bool IsEnded { get; set; }
    }
}
