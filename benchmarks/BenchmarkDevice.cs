using GenKernels.Kernels;
using GenKernels.Runtime;
using GenKernels.Runtime.Interop;

namespace GenKernels.Benchmarks;

/// <summary>The device that is measured, opened once for the whole run, and its ceiling.</summary>
internal static class BenchmarkDevice
{
    private const long CacheOfAGpu = 128 << 20;  // at least the second-level cache of any GPU so far
    private const long CacheWhereNoneIsTold = 64 << 20;

    private static readonly Lazy<Device> s_device = new(() => DeviceFactory.Open(Name ?? "auto"));
    private static readonly Lazy<double> s_copyBandwidth = new(() => CeilingMeasurement.CopyBytesPerSecond(Device));
    private static readonly Dictionary<ElementType, DeviceCeiling> s_ceilings = [];

    /// <summary>As <see cref="DeviceFactory"/> takes it, set before measuring; null for the best.</summary>
    internal static string? Name { get; set; }

    internal static Device Device => s_device.Value;

    /// <summary>Whether it is a GPU; without the driver it need not be opened to tell, as where cases are only listed.
    /// </summary>
    internal static bool IsGpu => NativeLibraries.Cuda.IsFound && Device.Kind == DeviceKind.Cuda;

    /// <summary>Reads the device's events.</summary>
    internal static DeviceClock Clock { get; } = new(s_device);

    /// <summary>The best of a few large copies: bytes read and bytes written, a second.</summary>
    internal static double CopyBandwidth => s_copyBandwidth.Value;

    /// <summary>The size of the cache that a measurement must run past, in bytes.</summary>
    internal static long LastLevelCache => IsGpu ? CacheOfAGpu : ProcessorCache();

    /// <returns>The best copy and the best matrix product of a type; measured when it is first asked for.</returns>
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
