namespace GenKernels.Tests.Support;

/// <summary>The devices that fixtures run on, each opened once for the whole run.</summary>
public static class TestDevices
{
    /// <summary>Environment variable that names the one device to run on, such as <c>cuda:0</c>; unset or empty for all
    /// available ones.</summary>
    public const string Variable = "GENKERNELS_TEST_DEVICE";

    // Only simt has a built-in sanitizer.
    private static readonly string? s_chosen =
        Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } name ? name
        : Environment.GetEnvironmentVariable("GENKERNELS_SANITIZE") is { Length: > 0 } ? "simt"
        : null;

    private static readonly Lazy<Device> s_host = new(() => new HostDevice());
    private static readonly Lazy<Device> s_simt = new(() => new SimtDevice());
    private static readonly Lazy<Device> s_gpu =
        new(() => DeviceFactory.Open(s_chosen is null or "host" or "simt" ? "cuda:0" : s_chosen));

    /// <summary>Whether a CPU device was chosen: its requirements must then be met.</summary>
    internal static bool IsCpuChosen => s_chosen is "host" or "simt";

    /// <summary>The CPU with blocks of one thread.</summary>
    public static Device Host => s_host.Value;

    /// <summary>The CPU with one fiber per thread and poisoned memory.</summary>
    public static Device Simt => s_simt.Value;

    /// <summary>
    /// The device for tests that need only one: the chosen device, else <see cref="Host"/>; also used in place of
    /// <see cref="Simt"/>, on which whole networks take too long.
    /// </summary>
    public static Device Usual => s_chosen is null or "simt" ? Host : Open(s_chosen);

    /// <summary>
    /// The chosen device; else host, simt and, if there is a GPU, CUDA. An unavailable device gives an ignored fixture
    /// that says why, unless it was chosen: then it must be available.
    /// </summary>
    public static IEnumerable<TestFixtureData> All()
    {
        string[] names = s_chosen is null ? ["host", "simt", "cuda:0"] : [s_chosen];
        return names.Select(name => s_chosen is null && WhyNot(name) is { } reason
            ? new TestFixtureData((Device?)null).SetArgDisplayNames(name).Ignore(reason)
            : new TestFixtureData(Open(name)).SetArgDisplayNames(name));
    }

    private static Device Open(string name) => name switch
    {
        "host" => Host,
        "simt" => Simt,
        _ => s_gpu.Value,
    };

    private static string? WhyNot(string name)
    {
        if (name is "host" or "simt") return HostCompiler.Find() is [] ? MissingProgram.Compiler : null;
        bool hasCuda = CudaDevice.Enumerate(out string? reason).Count > 0;
        return hasCuda ? null : reason?.Split(" (tried")[0] ?? "there is no GPU";
    }
}
