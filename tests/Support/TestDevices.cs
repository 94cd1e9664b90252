namespace GenKernels.Tests.Support;

/// <summary>The devices that fixtures run on, opened once for the whole run.</summary>
public static class TestDevices
{
    private static readonly Lazy<Device> s_host = new(() => new HostDevice());
    private static readonly Lazy<Device> s_simt = new(() => new SimtDevice());
    private static readonly Lazy<Device> s_cuda = new(() => new CudaDevice());

    /// <summary>The CPU with blocks of one thread.</summary>
    public static Device Host => s_host.Value;

    /// <summary>The CPU with fibers, poisoned memory.</summary>
    public static Device Simt => s_simt.Value;

    /// <summary>
    /// host and simt; CUDA where there is one, else an ignored fixture that says why. Under a sanitizer simt alone, the
    /// only device that it is built into.
    /// </summary>
    public static IEnumerable<TestFixtureData> All()
    {
        bool isSanitized = !string.IsNullOrEmpty(Environment.GetEnvironmentVariable("GENKERNELS_SANITIZE"));
        if (!isSanitized) yield return new TestFixtureData(Host).SetArgDisplayNames("host");
        yield return new TestFixtureData(Simt).SetArgDisplayNames("simt");
        if (isSanitized) yield break;
        bool hasCuda = CudaDevice.Enumerate(out string? reason).Count > 0;
        yield return hasCuda
            ? new TestFixtureData(s_cuda.Value).SetArgDisplayNames("cuda:0")
            : new TestFixtureData((Device?)null).SetArgDisplayNames("cuda:0")
                .Ignore(reason?.Split(" (tried")[0] ?? "there is no GPU");
    }
}
