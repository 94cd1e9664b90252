using System.Diagnostics;
using GenKernels.Kernels.Random;
using GenKernels.Models.LongVideo;
using GenKernels.Runtime;
using GenKernels.Train.Data;
using GenKernels.Train.Runs;

namespace GenKernels.Train.LongVideo;

/// <summary>A training run of the low-resolution networks: steps, log, samples, checkpoints. A resumed run gives the
/// same bits.</summary>
/// <remarks>Order within a step: generator, discriminator, every k-th step the penalty, moving average.</remarks>
public sealed class LowResolutionRun : IDisposable
{
    private const string SecondsName = "seconds_per_step";

    private readonly LowResolutionGan _gan;
    private readonly LowResolutionTrainingOptions _options;
    private readonly LowResolutionRunOptions _runOptions;
    private readonly RunFolder _folder;
    private readonly RandomGenerator _noise;
    private readonly ClipLoader _loader;
    private readonly MetricLog _log;
    private readonly TensorBoardWriter _board;
    private readonly Dictionary<string, double> _values = [];
    private readonly int _partSize;
    private readonly string _dataset;

    private LowResolutionRun(
        RunFolder folder, VideoDataset dataset, LowResolutionPreset preset, LowResolutionTrainingOptions options,
        LowResolutionRunOptions runOptions, Device device, string? checkpoint)
    {
        string? fault = options.Fault();
        Require.That(fault is null, $"{fault}");
        (_folder, _options, _runOptions) = (folder, options, runOptions);
        _partSize = options.BatchSize / options.Accumulate;
        LowResolutionCheckpoint? state = checkpoint is null ? null : LowResolutionCheckpoint.Read(checkpoint);
        _dataset = dataset.Fingerprint();
        HasOtherDataset = state?.Dataset is { } before && before != _dataset;
        ClipSampler sampler = new(dataset, preset.Discriminator.FrameCount, flipHorizontally: true, options.Seed);
        try
        {
            _loader = new ClipLoader(sampler, _partSize, state?.ClipIndex ?? 0);
            device.Memory.Label = "networks and optimizers";
            _gan = new LowResolutionGan(preset, options, device);
            _noise = new RandomGenerator(device, options.Seed, stream: 1);
            if (checkpoint is not null && state is not null) Restore(checkpoint, state);

            // From here on, a killed run has a checkpoint to resume from.
            if (state is null) Save();
            string log = folder.File("log.jsonl");
            _log = state is null ? MetricLog.Create(log) : MetricLog.Resume(log, Step);
            _board = new TensorBoardWriter(folder.Path, state is null ? null : Step);
        }
        catch
        {
            DisposeParts();
            throw;
        }
        finally
        {
            device.Memory.Label = "";
        }
    }

    /// <summary>Steps finished.</summary>
    public long Step { get; private set; }

    /// <summary>Whether it goes on with another data set than the checkpoint was trained on: legitimate, but not to the
    /// bits of an uninterrupted run.</summary>
    public bool HasOtherDataset { get; }

    /// <summary>The networks.</summary>
    public LowResolutionGan Gan => _gan;

    /// <summary>Folder of the run.</summary>
    public string Folder => _folder.Path;

    /// <summary>Starts a run in an empty folder, with a checkpoint of step 0, or resumes the run in the
    /// folder.</summary>
    /// <param name="folder">Folder of the run; disposed with it.</param>
    /// <param name="dataset">Real videos of the preset's size.</param>
    /// <param name="preset">Sizes of the networks.</param>
    /// <param name="options">Training options; a resumed run keeps those it started with.</param>
    /// <param name="runOptions">How long to train, and what to write.</param>
    /// <param name="device">Device of the networks.</param>
    /// <exception cref="DatasetException">The videos have another size or are all shorter than a clip.</exception>
    /// <exception cref="ArgumentException">The folder holds a run of another preset.</exception>
    /// <exception cref="InvalidDataException">The folder's newest checkpoint is damaged.</exception>
    public static LowResolutionRun Open(
        RunFolder folder, VideoDataset dataset, LowResolutionPreset preset, LowResolutionTrainingOptions options,
        LowResolutionRunOptions runOptions, Device device)
    {
        LowResolutionDiscriminatorOptions sizes = preset.Discriminator;
        if ((dataset.Height, dataset.Width) != (sizes.Height, sizes.Width))
        {
            throw new DatasetException(
                $"{dataset.Folder} has videos of {dataset.Width} x {dataset.Height}, preset {preset.Name} needs "
                + $"{sizes.Width} x {sizes.Height}");
        }

        string? checkpoint = LowResolutionCheckpoint.Newest(folder.Path);
        if (checkpoint is null) return new LowResolutionRun(folder, dataset, preset, options, runOptions, device, null);
        LowResolutionCheckpoint state = LowResolutionCheckpoint.Read(checkpoint);
        Require.That(
            state.Preset == preset.Name,
            $"{folder.Path} contains a run of preset {state.Preset}, which cannot be resumed as {preset.Name}");
        return new LowResolutionRun(folder, dataset, preset, state.Options, runOptions, device, checkpoint);
    }

    /// <summary>Trains until the steps or the time are used up or the run is cancelled; ends with a checkpoint and a
    /// sample, unless it is a resumed run that takes no step.</summary>
    /// <param name="progress">Reported to after every step; or null.</param>
    /// <param name="cancellation">Ends the run after the current step.</param>
    public void Run(IProgress<LowResolutionProgress>? progress = null, CancellationToken cancellation = default)
    {
        long started = Stopwatch.GetTimestamp();
        long first = Step;
        double secondsPerStep = 0;
        while (Step < _runOptions.Steps && !cancellation.IsCancellationRequested
            && !(Elapsed(started) >= _runOptions.Duration))
        {
            long begun = Stopwatch.GetTimestamp();
            Labelled("training step", TakeStep);

            // The first step compiles kernels: its time says nothing about the others.
            double seconds = Elapsed(begun).TotalSeconds;
            secondsPerStep = Step <= first + 2 ? seconds : (0.95 * secondsPerStep) + (0.05 * seconds);
            _values[SecondsName] = secondsPerStep;
            Write(isLast: false);
            progress?.Report(new LowResolutionProgress(
                Step, _runOptions.Steps, _values, secondsPerStep, Remaining(secondsPerStep, Elapsed(started))));
        }

        bool isUnchanged = Step == first && first > 0;  // resumed and stopped: what is due was written before
        if (!isUnchanged) Write(isLast: true);
    }

    /// <summary>Writes a checkpoint of the current step.</summary>
    /// <returns>The checkpoint's folder.</returns>
    public string Save() => new LowResolutionCheckpoint(
        Step, _gan.Preset.Name, _options, _loader.NextIndex, _noise.SaveState().Offset)
    {
        Dataset = _dataset,
        Values = _values.Where(value => value.Key != SecondsName).ToDictionary(),
    }.Save(_folder.Path, _gan);

    /// <inheritdoc/>
    public void Dispose()
    {
        DisposeParts();
        _folder.Dispose();
    }

    private void Restore(string checkpoint, LowResolutionCheckpoint state)
    {
        LowResolutionCheckpoint.Restore(checkpoint, _gan);
        Step = state.Step;
        _noise.LoadState(_noise.SaveState() with { Offset = state.NoiseOffset });
        foreach ((string name, double value) in state.Values ?? new Dictionary<string, double>()) _values[name] = value;
    }

    private static TimeSpan Elapsed(long since) => Stopwatch.GetElapsedTime(since);

    /// <summary>Disposes what exists: a constructor that throws has created only the first of these.</summary>
    private void DisposeParts()
    {
        _loader?.Dispose();
        _log?.Dispose();
        _board?.Dispose();
        _noise?.Dispose();
        _gan?.Dispose();
    }

    private void TakeStep()
    {
        StepInputs inputs =
            new(_gan, _options, _partSize, _noise, _loader, new StepDraws(_gan.Device, _options.Seed, Step));
        int parts = _options.Accumulate;
        Keep(_gan.UpdateGenerator(parts, _ => inputs.Fake()));
        Keep(_gan.UpdateDiscriminator(parts, _ => (inputs.Fake(), inputs.Real())));
        bool isPenalised = _options.R1Interval > 0 && Step % _options.R1Interval == 0;
        if (isPenalised) Keep(_gan.UpdatePenalty(parts, _ => inputs.Real()));
        _gan.UpdateAverage(Step);
        Step++;
    }

    /// <summary>Labels the memory in use, so that an out-of-memory message can name its holder.</summary>
    private void Labelled(string label, Action work)
    {
        _gan.Device.Memory.Label = label;
        try
        {
            work();
        }
        finally
        {
            _gan.Device.Memory.Label = "";
        }
    }

    private void Keep(StepStatistics statistics)
    {
        foreach ((string name, double value) in statistics.Values) _values[name] = value;
    }

    /// <summary>Writes what is due after this step or, at the end, what was not due.</summary>
    private void Write(bool isLast)
    {
        if (IsDue(_runOptions.LogInterval, isLast)) WriteLog();
        if (IsDue(_runOptions.CheckpointInterval, isLast)) Save();
        if (IsDue(_runOptions.SampleInterval, isLast)) Labelled("sample video", WriteSample);
    }

    private bool IsDue(int interval, bool isLast) => isLast != (Step % interval == 0 && Step > 0);

    private void WriteLog()
    {
        _log.Write(Step, _values);
        foreach ((string name, double value) in _values) _board.Scalar(name, value, Step);
    }

    private void WriteSample()
    {
        SampleSheet sheet = new(_gan.AverageGenerator, _gan.Device, _options.Seed);
        int frames = _gan.Preset.Discriminator.FrameCount * _runOptions.SampleLength;
        string samples = Directory.CreateDirectory(_folder.File("samples")).FullName;
        _board.Image("samples", sheet.Write(Path.Combine(samples, $"step-{Step:D8}"), frames), Step);
    }

    private TimeSpan Remaining(double secondsPerStep, TimeSpan elapsed)
    {
        TimeSpan bySteps = TimeSpan.FromSeconds(secondsPerStep * (_runOptions.Steps - Step));
        if (_runOptions.Duration is not { } duration) return bySteps;
        TimeSpan byTime = duration > elapsed ? duration - elapsed : TimeSpan.Zero;
        return byTime < bySteps ? byTime : bySteps;
    }
}
