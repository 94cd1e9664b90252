using BenchmarkDotNet.Attributes;
using GenKernels.Kernels.Random;
using GenKernels.Models.LongVideo;
using GenKernels.Runtime;
using GenKernels.Train.LongVideo;

namespace GenKernels.Benchmarks.Models.LongVideo;

/// <summary>
/// A training step of the tiny preset on its batch of four, with augmentation and random starts of clips: generator,
/// discriminator and moving average; the penalty, due every sixteenth step, is timed separately. All are replayed from
/// recordings, except for one step run launch by launch for comparison.
/// </summary>
[MemoryDiagnoser(displayGenColumns: false)]
public class TrainingStepBenchmarks : IBenchmark
{
    private static readonly LowResolutionPreset s_preset = LowResolutionPreset.Tiny;
    private LowResolutionTrainingOptions _options = new() { BatchSize = s_preset.BatchSize };
    private LowResolutionGan? _gan;
    private LowResolutionGan? _eagerGan;
    private RandomGenerator? _noise;
    private ClipDraws? _draws;
    private Tensor? _video;
    private long _step;

    /// <summary>Precision of the networks.</summary>
    internal Precision Precision
    {
        get => _options.Precision;
        init => _options = _options with { Precision = value };
    }

    /// <inheritdoc/>
    [GlobalSetup]
    public void Prepare()
    {
        Device device = BenchmarkDevice.Device;
        LowResolutionDiscriminatorOptions sizes = s_preset.Discriminator;
        _gan = new LowResolutionGan(s_preset, _options, device);
        _eagerGan = new LowResolutionGan(s_preset, _options, device) { IsRecorded = false };
        _noise = new RandomGenerator(device, seed: 1);
        _video = _noise.Uniform([s_preset.BatchSize, sizes.FrameCount, sizes.Height, sizes.Width, 3]);
        _draws = new ClipDraws(new Random(2), s_preset.BatchSize, device);
    }

    /// <summary>The step without the penalty.</summary>
    [Benchmark(Description = "step")]
    public void Launch() => Step(_gan!);

    /// <summary>The same step, not recorded.</summary>
    [Benchmark(Description = "step, launch by launch")]
    public void LaunchOneByOne() => Step(_eagerGan!);

    /// <summary>The step of the penalty.</summary>
    [Benchmark(Description = "penalty")]
    public void LaunchPenalty() => _gan!.UpdatePenalty(1, _ => Real());

    /// <inheritdoc/>
    [GlobalCleanup]
    public void Dispose()
    {
        GC.SuppressFinalize(this);
        BenchmarkDevice.Device.Synchronize();
        BenchmarkDevice.Device.Precision = Precision.Fp32;
        _video?.Dispose();
        _noise?.Dispose();
        _gan?.Dispose();
        _eagerGan?.Dispose();
    }

    private void Step(LowResolutionGan gan)
    {
        gan.UpdateGenerator(1, _ => Fake());
        gan.UpdateDiscriminator(1, _ => (Fake(), Real()));
        gan.UpdateAverage(_step++);
    }

    private GeneratorInput Fake()
    {
        int frames = s_preset.Discriminator.FrameCount;
        Tensor noise = _noise!.Normal(_gan!.Generator.NoiseShape(s_preset.BatchSize, frames, isCropped: true));
        Tensor places = _gan.Generator.Places(_draws!.Starts(_gan.Generator.TemporalScale));
        return new GeneratorInput(noise, frames, places, Augmentation());
    }

    private RealInput Real() => new(_video!, Augmentation());

    private ClipAugmentation Augmentation()
    {
        LowResolutionDiscriminatorOptions sizes = s_preset.Discriminator;
        return new ClipAugmentation(
            _draws!.DiffAug(sizes.Height, sizes.Width), _draws.Stretch(_options.StretchRange, sizes.FrameCount));
    }
}
