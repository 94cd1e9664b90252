using GenKernels.Kernels.Normalization;

namespace GenKernels.Tests.Runtime.Recording;

/// <summary>The kernels that a recorded step launches are compiled during the recording, and are ready when it
/// ends.</summary>
public sealed class RecordedCompilationTests
{
    private const string BrokenVariant = "ReciprocalSqrt=?";

    private static readonly ElementType[] s_types =
        [ElementType.Float64, ElementType.Float32, ElementType.Float16, ElementType.BFloat16];

    private static readonly KernelSource s_source =
        new("Normalization/PixelNorm.cu", typeof(PixelNorm).Assembly, s_types, "", BrokenVariant);

    [Test]
    public void ItsKernelsAreCompiledAtItsEnd()
    {
        using TemporaryFolder folder = new();
        using HostDevice device = new(new KernelCache(folder.Path));
        using RecordedStep step = RecordedStep.Record(device, () =>
        {
            foreach (ElementType type in s_types)
            {
                Tensor x = Tensor.Empty([2, 3], type, device);
                Launch(device, type, x, x, 2, 3, 1e-8f);
                Launch(device, type, x, x, 2, 3, 1e-8f);
            }
        });
        Assert.That(step.LaunchCount, Is.EqualTo(8));
        Assert.That((device.Cache.Misses, device.Cache.Hits), Is.EqualTo((4, 0)), "each is compiled once");
        Assert.That(s_types.Select(type => device.Load(s_source, type).IsCompiled), Is.All.True);
        step.Replay();
    }

    [Test]
    public void AKernelThatDoesNotCompileEndsTheRecordingAndIsTriedAgain()
    {
        using TemporaryFolder folder = new();
        using HostDevice device = new(new KernelCache(folder.Path));
        for (int attempt = 0; attempt < 2; attempt++)
        {
            Assert.That(
                () => RecordedStep.Record(device, () => device.Load(s_source, ElementType.Float32, BrokenVariant)),
                Throws.TypeOf<CompilationException>().With.Message.Contains("Normalization/PixelNorm.cu for Float32"));
        }

        Assert.That(
            () => device.Load(s_source, ElementType.Float32, BrokenVariant), Throws.TypeOf<CompilationException>());
    }

    [Test]
    public void ArgumentsAreComparedWithTheKernelAtItsEnd()
    {
        using TemporaryFolder folder = new();
        using HostDevice device = new(new KernelCache(folder.Path));
        Assert.That(
            () => RecordedStep.Record(device, () =>
            {
                Tensor x = Tensor.Empty([2, 3], ElementType.Float32, device);
                Launch(device, ElementType.Float32, x, x, 2, 3);
            }),
            Throws.TypeOf<LaunchException>().With.Message.EqualTo(
                "PixelNorm: the kernel takes 5 arguments, its launcher gave 4"));
    }

    private static void Launch(Device device, ElementType type, params ReadOnlySpan<KernelArgument> arguments) =>
        device.Load(s_source, type).Kernel("PixelNorm").Launch(new LaunchShape(1, 1, 1, 1), arguments);
}
