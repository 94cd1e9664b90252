using GenKernels.Kernels;
using GenKernels.Runtime;
using GenKernels.Runtime.Interop;

namespace GenKernels.Benchmarks;

/// <summary>The measured device, opened once for the whole run, and its ceiling.</summary>
internal static class BenchmarkDevice
{
    private const long CacheOfAGpu = 128 << 20;  // at least the L2 cache of any GPU so far
    private const long CacheWhereNoneIsTold = 64 << 20;

    private static readonly Lazy<Device> s_device = new(() => DeviceFactory.Open(Name ?? "auto"));
    private static readonly Lazy<double> s_copyBandwidth = new(() => CeilingMeasurement.CopyBytesPerSecond(Device));
    private static readonly Dictionary<ElementType, DeviceCeiling> s_ceilings = [];

    /// <summary>Device name for <see cref="DeviceFactory"/>, set before measuring; null for the best device.</summary>
    internal static string? Name { get; set; }

    internal static Device Device => s_device.Value;

    /// <summary>Whether the device is a GPU; without the driver it is not opened to find out, as when cases are only
    /// listed.</summary>
    internal static bool IsGpu => NativeLibraries.Cuda.IsFound && Device.Kind == DeviceKind.Cuda;

    /// <summary>Clock that reads the device's events.</summary>
    internal static DeviceClock Clock { get; } = new(s_device);

    /// <summary>Best of a few large copies, in bytes read and written per second.</summary>
    internal static double CopyBandwidth => s_copyBandwidth.Value;

    /// <summary>Size of the cache that a measurement's working set must exceed, in bytes.</summary>
    internal static long LastLevelCache => IsGpu ? CacheOfAGpu : ProcessorCache();

    /// <returns>The best copy and the best matrix product of a type, measured on first use.</returns>
    internal static DeviceCeiling Ceiling(ElementType type)
    {
        if (s_ceilings.TryGetValue(type, out DeviceCeiling? known)) return known;
        double products = CeilingMeasurement.ProductsPerSecond(Device, type);
        return s_ceilings[type] = new DeviceCeiling(
            CopyBandwidth, new Dictionary<ElementType, double> { [type] = products });
    }

    private static long ProcessorCache()
    {
        const string file = "/sys/devices/system/cpu/cpu0/cache/index3/size";
        if (!File.Exists(file)) return CacheWhereNoneIsTold;
        string size = File.ReadAllText(file).Trim();
        if (!size.EndsWith('K') || !long.TryParse(size[..^1], out long kibibytes)) return CacheWhereNoneIsTold;
        return kibibytes << 10;
    }
}
