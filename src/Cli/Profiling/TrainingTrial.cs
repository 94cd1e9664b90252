using System.CommandLine;
using GenKernels.Cli.Training;
using GenKernels.Models.LongVideo;
using GenKernels.Runtime;
using GenKernels.Train.Data;
using GenKernels.Train.LongVideo;
using Spectre.Console;

namespace GenKernels.Cli.Profiling;

/// <summary>Selects and profiles steps of the low-resolution training.</summary>
internal sealed class TrainingTrial
{
    private const int MostClips = 4096;

    private readonly Option<string> _preset = PresetOption.Create("tiny");

    private readonly Option<string> _phase = Choice.Create(
        "--phase", "Part of the step to run", "all", "generator", "discriminator", "penalty", "average", "all");

    private readonly Option<int> _batch = CommonOptions.Number("--batch", "Clips per step", 1, MostClips);
    private readonly Option<long> _seed = CommonOptions.Seed();

    private readonly Option<string?> _data = new("--data")
    {
        Description = "Data set folder; random clips if omitted",
        HelpName = "folder",
    };

    /// <summary>Adds the options of a step to a command.</summary>
    internal void AddTo(Command command)
    {
        foreach (Option option in (Option[])[_preset, _phase, _batch, _data, _seed]) command.Options.Add(option);
    }

    /// <summary>Adds the options of <see cref="MemoryFolder"/> and <see cref="IsReplayed"/> to a command.</summary>
    internal void AddRecordedTo(Command command)
    {
        command.Options.Add(_memory);
        command.Options.Add(_replay);
        command.Validators.Add(result =>
        {
            if (result.GetValue(_memory) is not null && result.GetValue(_replay))
            {
                result.AddError("--memory and --replay exclude each other");
            }
        });
    }

    private readonly Option<string?> _memory = new("--memory")
    {
        Description = "Show the memory use of the recorded step instead; write a picture of each part here",
        HelpName = "folder",
    };

    private readonly Option<bool> _replay = new("--replay")
    {
        Description = "Measure replays of the recorded step instead, and how much of their time is spent in kernels",
    };

    /// <returns>The profiled work, in words.</returns>
    internal string Describe(ParseResult result)
    {
        string phase = result.GetRequiredValue(_phase);
        int batch = result.GetValue(_batch);
        string part = phase == "all" ? "A training step" : $"The {phase}'s part of a training step";
        return $"{part}, preset {result.GetRequiredValue(_preset)}, batch of {batch}";
    }

    /// <returns>The folder of <c>--memory</c>, or null.</returns>
    internal string? MemoryFolder(ParseResult result) => result.GetValue(_memory);

    /// <returns>Whether replays are to be measured.</returns>
    internal bool IsReplayed(ParseResult result) => result.GetValue(_replay);

    /// <summary>Measures the steps.</summary>
    internal StepMeasurement Measure(
        ParseResult result, ProfileRequest request, Device device, Terminal terminal, CancellationToken stop)
    {
        TrainingPhases phases = Phases(result);
        using VideoDataset? dataset = Dataset(result);
        using LowResolutionTrial trial = new(Preset(result), Options(result, device), device, dataset);
        return StepMeasurement.Take(device, request, terminal.Progress, () => trial.Take(phases), stop);
    }

    /// <returns>How the parts of a recorded step use memory, by name.</returns>
    internal IReadOnlyList<(string Name, MemoryPlan Plan)> Plans(
        ParseResult result, Device device, Terminal terminal, CancellationToken stop) =>
        Record(result, device, terminal, (name, step) => (name, step.Plan), stop);

    /// <returns>What replays of the parts of a recorded step take.</returns>
    internal IReadOnlyList<ReplayMeasurement> Replays(
        ParseResult result, ProfileRequest request, Device device, Terminal terminal, CancellationToken stop) =>
        Record(
            result, device, terminal, (name, step) => ReplayMeasurement.Take(name, step, request, stop), stop);

    /// <summary>Runs one step as in a training, and looks at what was recorded.</summary>
    private List<T> Record<T>(
        ParseResult result, Device device, Terminal terminal, Func<string, RecordedStep, T> look,
        CancellationToken stop)
    {
        using VideoDataset? dataset = Dataset(result);
        LowResolutionTrainingOptions options = Options(result, device);
        using LowResolutionTrial trial = new(Preset(result), options, device, dataset, isRecorded: true);
        terminal.Progress.WriteLine($"On {DeviceText.Of(device)}");
        using CompilationWatch compiling = new(device.Cache, terminal.Progress.WriteLine);
        trial.Take(Phases(result), stop);
        return [.. trial.Recorded.Select(part => look(part.Name, part.Step))];
    }

    /// <summary>Runs one step as in a training: recorded.</summary>
    internal void Take(ParseResult result, Device device, Terminal terminal, CancellationToken stop) =>
        Plans(result, device, terminal, stop);

    private LowResolutionPreset Preset(ParseResult result) =>
        LowResolutionPreset.Named(result.GetRequiredValue(_preset));

    private TrainingPhases Phases(ParseResult result) =>
        Enum.Parse<TrainingPhases>(result.GetRequiredValue(_phase), ignoreCase: true);

    private LowResolutionTrainingOptions Options(ParseResult result, Device device) => new()
    {
        BatchSize = result.GetValue(_batch),
        Precision = device.Precision,
        Seed = unchecked((ulong)result.GetValue(_seed)),
    };

    private VideoDataset? Dataset(ParseResult result)
    {
        LowResolutionPreset preset = Preset(result);
        string? data = result.GetValue(_data);
        return data is null ? null : VideoDataset.Open(data, preset.Generator.Height, preset.Generator.Width);
    }
}
