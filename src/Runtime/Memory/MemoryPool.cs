using System.Globalization;

namespace GenKernels.Runtime;

/// <summary>
/// The caching allocator of one device: freed blocks are kept by size and reused for the next request of that size.
/// Sizes are rounded up to a multiple of an eighth of the power of two below them, and of 512 bytes, so that a block
/// fits most requests near its own size.
/// </summary>
public sealed class MemoryPool : IDisposable
{
    private const string Variable = "GENKERNELS_MEMORY";
    private const int SmallestBlock = 512;
    private readonly Device _device;
    private readonly Lock _lock = new();
    private readonly Dictionary<long, Stack<nint>> _free = [];

    // By address, not by buffer: a reference would keep a leaked buffer from being finalised and counted.
    private readonly Dictionary<nint, (long Capacity, string Label)> _live = [];
    private readonly ThreadLocal<string> _label = new(() => "");
    private long _liveBytes;
    private long _peakBytes;
    private long _cachedBytes;
    private long _leakedBytes;

    internal MemoryPool(Device device) => _device = device;

    /// <summary>
    /// The most memory that the pool takes from the device, in bytes: by default the megabytes in
    /// <c>GENKERNELS_MEMORY</c>, else no limit but the device's own; on the CPU at most nine tenths of the available
    /// memory.
    /// </summary>
    public long Limit { get; set; } = NamedLimit() ?? long.MaxValue;

    /// <summary>The label under which statistics count what this thread allocates from now on.</summary>
    public string Label
    {
        get => _label.Value!;
        set => _label.Value = value;
    }

    /// <returns>What the pool holds now.</returns>
    public MemoryStatistics Statistics()
    {
        lock (_lock)
        {
            Dictionary<string, long> byLabel = [];
            foreach ((long capacity, string label) in _live.Values)
            {
                byLabel[label] = byLabel.GetValueOrDefault(label) + capacity;
            }

            return new MemoryStatistics(_liveBytes, _peakBytes, _cachedBytes, _live.Count, _leakedBytes, byLabel);
        }
    }

    /// <summary>Resets the peak to the bytes that are live now.</summary>
    public void ResetPeak()
    {
        lock (_lock) _peakBytes = _liveBytes;
    }

    /// <summary>Waits for the device and frees every cached block.</summary>
    public void Trim()
    {
        lock (_lock)
        {
            _device.Synchronize();
            FreeCached();
        }
    }

    internal DeviceBuffer Rent(long bytes)
    {
        ObjectDisposedException.ThrowIf(_device.IsDisposed, _device);
        if (_device.Recorder is { } recorder) return recorder.Promise(this, bytes, Label);
        long capacity = Round(bytes);
        return new DeviceBuffer(this, TakeLive(bytes, capacity, Label), capacity);
    }

    /// <returns>
    /// A buffer rounded up to 512 bytes only; once returned, its odd size rarely serves another request.
    /// </returns>
    internal DeviceBuffer RentWhole(long bytes, string label)
    {
        long capacity = (bytes + SmallestBlock - 1) / SmallestBlock * SmallestBlock;
        return new DeviceBuffer(this, TakeLive(bytes, capacity, label), capacity);
    }

    /// <summary>Gives a promised buffer its memory.</summary>
    internal void Place(DeviceBuffer buffer, string label)
    {
        long capacity = Round(buffer.Capacity);
        buffer.Place(TakeLive(buffer.Capacity, capacity, label), capacity);
    }

    internal void Return(DeviceBuffer buffer)
    {
        if (buffer.IsPromised) return;
        lock (_lock)
        {
            MemoryInstruments.Count(_device, -buffer.Capacity, buffers: -1);
            if (!_live.Remove(buffer.Address)) return;
            _liveBytes -= buffer.Capacity;
            if (!_free.TryGetValue(buffer.Capacity, out Stack<nint>? blocks)) _free[buffer.Capacity] = blocks = new();
            blocks.Push(buffer.Address);
            _cachedBytes += buffer.Capacity;
        }
    }

    internal void CountLeak(DeviceBuffer buffer) => Interlocked.Add(ref _leakedBytes, buffer.Capacity);

    /// <summary>Frees everything, including what tensors still hold, because the device is being disposed.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            // Without synchronising: the device's work may have failed, which is no reason to fail here too.
            FreeCached();
            foreach ((nint address, (long capacity, _)) in _live) _device.FreeMemory(address, capacity);
            _live.Clear();
            _liveBytes = 0;
        }

        _label.Dispose();
    }

    private nint TakeLive(long bytes, long capacity, string label)
    {
        lock (_lock)
        {
            nint address = Take(capacity);
            if (address == 0)
            {
                Trim();
                address = Take(capacity);
            }

            if (address == 0) throw new OutOfDeviceMemoryException(Describe(bytes));
            _live.Add(address, (capacity, label));
            _liveBytes += capacity;
            _peakBytes = Math.Max(_peakBytes, _liveBytes);
            MemoryInstruments.Count(_device, capacity, buffers: 1);
            return address;
        }
    }

    private void FreeCached()
    {
        foreach ((long capacity, Stack<nint> blocks) in _free)
        {
            while (blocks.TryPop(out nint address)) _device.FreeMemory(address, capacity);
        }

        _cachedBytes = 0;
    }

    private static long? NamedLimit()
    {
        string? named = Environment.GetEnvironmentVariable(Variable);
        if (string.IsNullOrEmpty(named)) return null;
        bool isNumber = int.TryParse(named, NumberStyles.None, CultureInfo.InvariantCulture, out int megabytes);
        if (isNumber && megabytes > 0) return megabytes * 1_000_000L;
        throw new DeviceUnavailableException($"{Variable} must be a whole number of megabytes, got \"{named}\"");
    }

    private static long Round(long bytes)
    {
        if (bytes <= SmallestBlock) return SmallestBlock;
        long step = Math.Max(SmallestBlock, 1L << (60 - (int)long.LeadingZeroCount(bytes)));
        return (bytes + step - 1) / step * step;
    }

    private nint Take(long capacity)
    {
        if (_free.TryGetValue(capacity, out Stack<nint>? blocks) && blocks.TryPop(out nint address))
        {
            _cachedBytes -= capacity;
            return address;
        }

        return _liveBytes + _cachedBytes > Limit - capacity ? 0 : _device.AllocateMemory(capacity);
    }

    private string Describe(long bytes)
    {
        IEnumerable<string> holders = _live.Values
            .GroupBy(buffer => buffer.Label.Length == 0 ? "(no label)" : buffer.Label)
            .Select(group => (Name: group.Key, Bytes: group.Sum(buffer => buffer.Capacity), Count: group.Count()))
            .OrderByDescending(holder => holder.Bytes).Take(5)
            .Select(holder => $"{holder.Name} {holder.Bytes / 1e6:F1} MB in {holder.Count} buffers");
        string limit = Limit == long.MaxValue ? "" : $", limit {Limit / 1e6:F1} MB";
        return $"{_device} is out of memory: {bytes / 1e6:F1} MB requested, {_liveBytes / 1e6:F1} MB in use{limit}; "
            + $"largest holders: {string.Join("; ", holders.DefaultIfEmpty("none"))}";
    }
}
