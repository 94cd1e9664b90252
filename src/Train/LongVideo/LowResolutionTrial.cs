using GenKernels.Kernels.Random;
using GenKernels.Models.LongVideo;
using GenKernels.Runtime;
using GenKernels.Train.Data;

namespace GenKernels.Train.LongVideo;

/// <summary>
/// Training steps to be measured: on networks that begin anew, and on clips of a data set or, where there is none, on
/// noise of the same shape; to be timed, launch by launch, because of a recorded step a GPU's events see one launch.
/// Nothing is written.
/// </summary>
public sealed class LowResolutionTrial : IDisposable
{
    private readonly LowResolutionTrainingOptions _options;
    private readonly LowResolutionGan _gan;
    private readonly RandomGenerator _noise;
    private readonly ClipLoader? _loader;
    private long _step;

    /// <param name="preset">Sizes of the networks.</param>
    /// <param name="options">Their batch is taken whole.</param>
    /// <param name="device">Where they live.</param>
    /// <param name="dataset">Real videos of the preset's size, which stay open as long as the trial; or null.</param>
    /// <param name="isRecorded">Whether the updates are recorded and replayed.</param>
    /// <exception cref="DatasetException">The videos are all shorter than a clip.</exception>
    public LowResolutionTrial(
        LowResolutionPreset preset, LowResolutionTrainingOptions options, Device device, VideoDataset? dataset = null,
        bool isRecorded = false)
    {
        _options = options;
        if (dataset is not null)
        {
            ClipSampler sampler = new(dataset, preset.Discriminator.FrameCount, flipHorizontally: true, options.Seed);
            _loader = new ClipLoader(sampler, options.BatchSize);
        }

        _gan = new LowResolutionGan(preset, options, device) { IsRecorded = isRecorded };
        _noise = new RandomGenerator(device, options.Seed, stream: 1);
    }

    /// <inheritdoc cref="LowResolutionGan.Recorded"/>
    public IEnumerable<(string Name, RecordedStep Step)> Recorded => _gan.Recorded;

    /// <summary>Takes the parts of a step that are named, in the order of a training.</summary>
    public void Take(TrainingPhases phases)
    {
        StepInputs inputs = new(
            _gan, _options, _options.BatchSize, _noise, _loader, new StepDraws(_gan.Device, _options.Seed, _step));
        if (phases.HasFlag(TrainingPhases.Generator)) _gan.UpdateGenerator(1, _ => inputs.Fake());
        if (phases.HasFlag(TrainingPhases.Discriminator))
        {
            _gan.UpdateDiscriminator(1, _ => (inputs.Fake(), inputs.Real()));
        }

        if (phases.HasFlag(TrainingPhases.Penalty)) _gan.UpdatePenalty(1, _ => inputs.Real());
        if (phases.HasFlag(TrainingPhases.Average)) _gan.UpdateAverage(_step);
        _step++;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _loader?.Dispose();
        _noise.Dispose();
        _gan.Dispose();
    }
}
