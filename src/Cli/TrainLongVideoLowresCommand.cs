using System.CommandLine;
using GenKernels.Cli.Training;
using GenKernels.Models.LongVideo;
using GenKernels.Runtime;
using GenKernels.Train.Data;
using GenKernels.Train.LongVideo;
using GenKernels.Train.Runs;
using Spectre.Console;

namespace GenKernels.Cli;

/// <summary><c>gk train long-video-lowres</c>: trains the low-resolution networks of chapter 2 on videos.</summary>
internal sealed class TrainLongVideoLowresCommand
{
    private const int MostClips = 4096;
    private const double MostGamma = 1e6;

    private readonly Option<string> _data = new("--data")
    {
        Description = "Data set folder, created by 'gk dataset from-videos'",
        HelpName = "folder",
        Required = true,
    };

    private readonly Option<string> _out = new("--out")
    {
        Description = "Run folder for checkpoints, samples and logs; created if missing",
        HelpName = "folder",
        Required = true,
    };

    private readonly Option<string> _preset = PresetOption.Create("small");
    private readonly Option<int> _steps =
        CommonOptions.Number("--steps", "Total steps, including those before a --resume", 100_000);

    private readonly Option<double?> _minutes =
        CommonOptions.Minutes("Stop after this many minutes, with a checkpoint");

    private readonly Option<int?> _batch = new Option<int?>("--batch")
    {
        Description = "Clips per step; by default that of the preset",
        HelpName = "number",
    }.Positive(MostClips);

    private readonly Option<int> _accumulate = CommonOptions.Number(
        "--accumulate", "Gradient accumulation: split each batch into this many parts to save memory", 1);

    private readonly Option<double> _gamma = new Option<double>("--gamma")
    {
        Description = "Weight of the R1 penalty",
        HelpName = "number",
        DefaultValueFactory = _ => new LowResolutionTrainingOptions().R1Gamma,
    }.NotNegative(MostGamma);

    private readonly Option<string> _precision = PrecisionOption.Create();
    private readonly Option<string> _device = CommonOptions.Device();
    private readonly Option<long> _seed = CommonOptions.Seed();
    private readonly Option<bool> _resume = new("--resume")
    {
        Description = "Resume the run in --out, bit for bit as if never stopped",
    };

    private readonly Option<int> _checkpointEvery = Every("--checkpoint-every", "checkpoint", 1000);
    private readonly Option<int> _sampleEvery = Every("--sample-every", "sample video", 1000);
    private readonly Option<int> _logEvery = Every("--log-every", "log line", 10);

    /// <summary>Options that a resumed run keeps from its start.</summary>
    private Option[] FixedByRun => [_preset, _batch, _accumulate, _gamma, _precision, _seed];

    internal static Command Create()
    {
        TrainLongVideoLowresCommand options = new();
        ExampleCommand command = new(
            "long-video-lowres", "Train the low-resolution generator of long videos.",
            "gk train long-video-lowres --data out/data --out out/run --preset tiny --minutes 30",
            "gk train long-video-lowres --data out/data --out out/run --resume --steps 20000")
        {
            options._data, options._out, options._preset, options._steps, options._minutes, options._batch,
            options._accumulate, options._gamma, options._precision, options._device, options._seed, options._resume,
            options._checkpointEvery, options._sampleEvery, options._logEvery,
        };
        command.TimeToStop = Timeout.InfiniteTimeSpan;  // a step of large networks on a CPU takes minutes
        return command.Does(options.Run);
    }

    private static Option<int> Every(string name, string what, int byDefault) =>
        CommonOptions.Number(name, $"Steps between {what}s", byDefault);

    private int Run(ParseResult result, CancellationToken stop)
    {
        string folder = result.GetRequiredValue(_out);
        LowResolutionCheckpoint? state = Previous(result, folder);
        LowResolutionPreset preset = PresetOption.Find(state?.Preset ?? result.GetRequiredValue(_preset))
            ?? throw new CommandException(
                $"{folder} contains a run of preset {state!.Preset}, which this version does not support");
        LowResolutionTrainingOptions options = state?.Options ?? TrainingOptions(result, preset);
        LowResolutionRunOptions runOptions = RunOptions(result);
        Terminal terminal = new(result);
        if (state?.Step >= runOptions.Steps)
        {
            terminal.Output.WriteLine($"{folder} is already at step {state.Step}; pass a larger --steps to continue");
            return ExitCode.Success;
        }

        using VideoDataset dataset = VideoDataset.Open(
            result.GetRequiredValue(_data), preset.Generator.Height, preset.Generator.Width,
            runOptions.FrameCacheBytes, stop);
        using Device device = DeviceFactory.Open(result.GetRequiredValue(_device));
        using RunFolder place = RunFolder.Open(folder);
        using LowResolutionRun run = LowResolutionRun.Open(place, dataset, preset, options, runOptions, device);
        terminal.Progress.WriteLine(RunOpening.Describe(run, dataset, options, device));
        int framesPerStep = options.BatchSize * preset.Discriminator.FrameCount;
        TrainingDisplay display = new(terminal.Progress, framesPerStep, runOptions.Duration is not null);
        try
        {
            using StopOfTraining stopping = new(terminal.Progress.WriteLine, stop);
            display.Train(run, stop);
        }
        catch
        {
            terminal.Progress.WriteLine(RunPlace.DescribeBrokenOff(run));
            throw;
        }

        bool isStopped = stop.IsCancellationRequested && run.Step < runOptions.Steps;
        (string end, string how) = isStopped ? ("stopped", "; pass --resume to continue") : ("done", "");
        terminal.Output.WriteLine($"{end} after step {run.Step}: {LowResolutionCheckpoint.Newest(run.Folder)}{how}");
        return isStopped ? ExitCode.Interrupted : ExitCode.Success;
    }

    private LowResolutionCheckpoint? Previous(ParseResult result, string folder)
    {
        if (!result.GetValue(_resume))
        {
            RunPlace.RequireNoRun(folder);
            return null;
        }

        Option? given = FixedByRun.FirstOrDefault(option => result.GetResult(option) is { Implicit: false });
        return given is null
            ? RunPlace.RequireRun(folder)
            : throw new CommandException($"{given.Name} cannot be changed with --resume");
    }

    private LowResolutionTrainingOptions TrainingOptions(ParseResult result, LowResolutionPreset preset)
    {
        LowResolutionTrainingOptions options = new()
        {
            BatchSize = result.GetValue(_batch) ?? preset.BatchSize,
            Accumulate = result.GetValue(_accumulate),
            R1Gamma = result.GetValue(_gamma),
            Precision = PrecisionOption.Read(result, _precision),
            Seed = unchecked((ulong)result.GetValue(_seed)),
        };
        return options.Fault() is { } fault ? throw new CommandException(fault) : options;
    }

    private LowResolutionRunOptions RunOptions(ParseResult result) => new()
    {
        Steps = result.GetValue(_steps),
        Duration = result.GetValue(_minutes) is { } minutes ? TimeSpan.FromMinutes(minutes) : null,
        LogInterval = result.GetValue(_logEvery),
        CheckpointInterval = result.GetValue(_checkpointEvery),
        SampleInterval = result.GetValue(_sampleEvery),
    };
}
