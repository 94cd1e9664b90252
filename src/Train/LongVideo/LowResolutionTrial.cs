using GenKernels.Kernels.Random;
using GenKernels.Models.LongVideo;
using GenKernels.Runtime;
using GenKernels.Train.Data;

namespace GenKernels.Train.LongVideo;

/// <summary>
/// Training steps for measurement: on freshly initialised networks, with clips of a data set or, without one, noise of
/// the same shape. Updates run launch by launch by default, because a GPU's events see a recorded step as one launch.
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
    /// <param name="options">Training options; a batch is always taken whole.</param>
    /// <param name="device">Device of the networks.</param>
    /// <param name="dataset">Real videos of the preset's size, which must stay open as long as the trial; or
    /// null.</param>
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

    /// <summary>Runs the given phases of a step, in the order of training.</summary>
    /// <param name="phases">The phases.</param>
    /// <param name="stop">Ends the step before the next phase.</param>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public void Take(TrainingPhases phases, CancellationToken stop = default)
    {
        StepInputs inputs = new(
            _gan, _options, _options.BatchSize, _noise, _loader, new StepDraws(_gan.Device, _options.Seed, _step));
        if (phases.HasFlag(TrainingPhases.Generator)) _gan.UpdateGenerator(1, _ => inputs.Fake());
        stop.ThrowIfCancellationRequested();
        if (phases.HasFlag(TrainingPhases.Discriminator))
        {
            _gan.UpdateDiscriminator(1, _ => (inputs.Fake(), inputs.Real()));
        }

        stop.ThrowIfCancellationRequested();
        if (phases.HasFlag(TrainingPhases.Penalty)) _gan.UpdatePenalty(1, _ => inputs.Real());
        stop.ThrowIfCancellationRequested();
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
