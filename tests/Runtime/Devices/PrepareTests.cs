using GenKernels.Kernels.Normalization;

namespace GenKernels.Tests.Runtime.Devices;

public sealed class PrepareTests
{
    private static readonly ElementType[] s_types =
        [ElementType.Float64, ElementType.Float32, ElementType.Float16, ElementType.BFloat16];

    [Test]
    public void ModulesAreCompiledTogetherAndEachIsToldOnce()
    {
        using TemporaryFolder folder = new();
        using HostDevice device = new(new KernelCache(folder.Path));
        KernelSource source = new("Normalization/PixelNorm.cu", typeof(PixelNorm).Assembly, s_types);
        Counter counter = new();
        device.Prepare([.. s_types.Select(type => (source, type, ""))], counter);
        Assert.That(counter.Done.Order(), Is.EqualTo(new[] { 1, 2, 3, 4 }));
        Assert.That(device.Cache.Misses, Is.EqualTo(4));
        _ = device.Load(source, ElementType.Float32);
        Assert.That((device.Cache.Misses, device.Cache.Hits), Is.EqualTo((4, 0)), "a prepared module is there");
    }

    [Test]
    public void AModuleThatDoesNotCompileIsNamed()
    {
        using TemporaryFolder folder = new();
        using HostDevice device = new(new KernelCache(folder.Path));
        KernelSource broken = new(
            "Normalization/PixelNorm.cu", typeof(PixelNorm).Assembly, s_types, "ReciprocalSqrt=?");
        Assert.That(
            () => device.Prepare([(broken, ElementType.Float32, "ReciprocalSqrt=?")]),
            Throws.TypeOf<CompilationException>().With.Message.Contains("Normalization/PixelNorm.cu for Float32"));
    }

    [Test]
    public void ACacheThatTakesNoFilesIsTold()
    {
        using TemporaryFolder folder = new();
        File.WriteAllText(folder.File("cache"), "no folder");
        using HostDevice device = new(new KernelCache(folder.File("cache")));
        KernelSource source = new("Normalization/PixelNorm.cu", typeof(PixelNorm).Assembly, s_types);
        Assert.That(
            () => device.Prepare([.. s_types.Select(type => (source, type, ""))]),
            Throws.TypeOf<IOException>().With.Message.StartsWith("cannot write to the kernel cache"));
    }

    private sealed class Counter : IProgress<(int Done, int Count)>
    {
        private readonly Lock _lock = new();

        public List<int> Done { get; } = [];

        public void Report((int Done, int Count) value)
        {
            lock (_lock) Done.Add(value.Done);
        }
    }
}
