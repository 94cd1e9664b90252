using System.Diagnostics.Metrics;

namespace GenKernels.Runtime;

/// <summary>
/// The runtime's metrics (for <c>dotnet-counters</c>, OpenTelemetry, tests): the names of the meter and its
/// instruments. Per-device instruments carry the device's name as the tag <c>device</c>.
/// </summary>
public static class RuntimeMeter
{
    /// <summary>The meter's name.</summary>
    public const string Name = "GenKernels.Runtime";

    /// <summary>Buffers that tensors hold; an up-down counter, per device.</summary>
    public const string LiveBuffers = "genkernels.memory.live_buffers";

    /// <summary>Bytes that tensors hold; an up-down counter, per device.</summary>
    public const string LiveBytes = "genkernels.memory.live_bytes";

    /// <summary>Kernels launched, including those of replays; per device.</summary>
    public const string Launches = "genkernels.launches";

    /// <summary>Bytes copied from device memory to host memory; per device.</summary>
    public const string BytesToHost = "genkernels.copy.to_host";

    /// <summary>Bytes copied from host memory to device memory; per device.</summary>
    public const string BytesFromHost = "genkernels.copy.from_host";

    /// <summary>Compiled modules found in the kernel cache.</summary>
    public const string CacheHits = "genkernels.cache.hits";

    /// <summary>Modules compiled because the kernel cache lacked them or held a damaged entry.</summary>
    public const string CacheMisses = "genkernels.cache.misses";

    /// <summary>A histogram of the seconds that each compilation took, including the write to the cache.</summary>
    public const string CompileTime = "genkernels.compile.time";

    private const string Bytes = "By";

    // Declared before the instruments, whose initialisers use it.
    internal static Meter Meter { get; } = new(Name);

    private static readonly Counter<long> s_launches =
        Meter.CreateCounter<long>(Launches, "{launch}", "Kernels launched");

    private static readonly Counter<long> s_toHost =
        Meter.CreateCounter<long>(BytesToHost, Bytes, "Copied from devices to the program");

    private static readonly Counter<long> s_fromHost =
        Meter.CreateCounter<long>(BytesFromHost, Bytes, "Copied from the program to devices");

    private static readonly Counter<long> s_hits =
        Meter.CreateCounter<long>(CacheHits, "{kernel}", "Compiled kernels found on disk");

    private static readonly Counter<long> s_misses =
        Meter.CreateCounter<long>(CacheMisses, "{kernel}", "Kernels compiled because they were not on disk");

    private static readonly Histogram<double> s_compileTime =
        Meter.CreateHistogram<double>(CompileTime, "s", "Time that a compilation took");

    internal static void CountLaunches(Device device, int count)
    {
        if (s_launches.Enabled) s_launches.Add(count, Tag(device));
    }

    internal static void CountCopyToHost(Device device, long bytes)
    {
        if (s_toHost.Enabled) s_toHost.Add(bytes, Tag(device));
    }

    internal static void CountCopyFromHost(Device device, long bytes)
    {
        if (s_fromHost.Enabled) s_fromHost.Add(bytes, Tag(device));
    }

    internal static void CountCacheHit() => s_hits.Add(1);

    internal static void CountCompilation(TimeSpan time)
    {
        s_misses.Add(1);
        s_compileTime.Record(time.TotalSeconds);
    }

    internal static KeyValuePair<string, object?> Tag(Device device) => new("device", device.Name);
}
