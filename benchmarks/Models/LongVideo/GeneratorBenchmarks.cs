using BenchmarkDotNet.Attributes;
using GenKernels.Autograd;
using GenKernels.Kernels.Random;
using GenKernels.Models.LongVideo;
using GenKernels.Models.StyleGan;
using GenKernels.Runtime;

namespace GenKernels.Benchmarks.Models.LongVideo;

/// <summary>The thesis's low-resolution generator: one clip of 128 frames of 64 x 36, without gradients.</summary>
[MemoryDiagnoser(displayGenColumns: false)]
public class GeneratorBenchmarks : IBenchmark
{
    private const int FrameCount = 128;
    private LowResolutionGenerator? _generator;
    private Tensor? _noise;

    /// <summary>Precision of the computation.</summary>
    internal Precision Precision { get; init; } = Precision.Fp32;

    /// <inheritdoc/>
    [GlobalSetup]
    public void Prepare()
    {
        Device device = BenchmarkDevice.Device;
        device.Precision = Precision;
        using Initializer initializer = new(device, seed: 1);
        _generator = new LowResolutionGenerator(LowResolutionPreset.Paper.Generator, initializer);
        using RandomGenerator random = new(device, seed: 2);
        _noise = random.Normal(_generator.NoiseShape(1, FrameCount));
    }

    /// <inheritdoc/>
    [Benchmark]
    public void Launch()
    {
        using IDisposable mode = GradientMode.Disable();
        using TensorScope scope = BenchmarkDevice.Device.Scope();
        _generator!.Forward(new Variable(_noise!), FrameCount);
    }

    /// <inheritdoc/>
    [GlobalCleanup]
    public void Dispose()
    {
        GC.SuppressFinalize(this);
        BenchmarkDevice.Device.Synchronize();
        BenchmarkDevice.Device.Precision = Precision.Fp32;
        _noise?.Dispose();
        _generator?.Dispose();
    }
}
