using BenchmarkDotNet.Attributes;
using GenKernels.Autograd;
using GenKernels.Kernels.Elementwise;
using GenKernels.Kernels.Random;
using GenKernels.Models.LongVideo;
using GenKernels.Models.StyleGan;
using GenKernels.Runtime;

namespace GenKernels.Benchmarks.Models.LongVideo;

/// <summary>The thesis's low-resolution discriminator: the loss of one clip of 128 frames, and its gradient with
/// respect to all parameters.</summary>
[MemoryDiagnoser(displayGenColumns: false)]
public class DiscriminatorBenchmarks : IBenchmark
{
    private LowResolutionDiscriminator? _discriminator;
    private ParameterArena? _arena;
    private Tensor? _video;

    /// <summary>Precision of the computation.</summary>
    internal Precision Precision { get; init; } = Precision.Fp32;

    /// <inheritdoc/>
    [GlobalSetup]
    public void Prepare()
    {
        Device device = BenchmarkDevice.Device;
        device.Precision = Precision;
        LowResolutionDiscriminatorOptions sizes = LowResolutionPreset.Paper.Discriminator;
        using Initializer initializer = new(device, seed: 1);
        _discriminator = new LowResolutionDiscriminator(sizes, initializer);
        _arena = new ParameterArena(_discriminator);
        using RandomGenerator random = new(device, seed: 2);
        _video = random.Uniform([1, sizes.FrameCount, sizes.Height, sizes.Width, 3]);
    }

    /// <inheritdoc/>
    [Benchmark]
    public void Launch()
    {
        using TensorScope scope = BenchmarkDevice.Device.Scope();
        Variable logits = _discriminator!.Forward(new Variable(_video!));
        Gradient.Of((-logits).BiasActivation(null, Activation.Softplus).Mean(), _arena!.Variables);
    }

    /// <inheritdoc/>
    [GlobalCleanup]
    public void Dispose()
    {
        GC.SuppressFinalize(this);
        BenchmarkDevice.Device.Synchronize();
        BenchmarkDevice.Device.Precision = Precision.Fp32;
        _video?.Dispose();
        _arena?.Dispose();
        _discriminator?.Dispose();
    }
}
