using System.CommandLine;
using GenKernels.Cli.Profiling;
using GenKernels.Runtime;

namespace GenKernels.Cli;

/// <summary><c>gk profile train long-video-lowres</c>: where the time of a training step goes.</summary>
internal static class ProfileTrainLongVideoLowresCommand
{
    internal static Command Create()
    {
        ProfileOptions options = new();
        TrainingTrial trial = new();
        ExampleCommand command = new(
            "long-video-lowres", "Show where the time of a training step goes, kernel by kernel.",
            "gk profile train long-video-lowres --preset tiny --batch 4",
            "gk profile train long-video-lowres --preset paper --phase generator --trace out/step.json",
            "gk profile train long-video-lowres --batch 4 --memory out/memory",
            "gk profile train long-video-lowres --batch 4 --replay --steps 20");
        trial.AddTo(command);
        trial.AddRecordedTo(command);
        options.AddTo(command);
        return command.Does((result, stop) =>
        {
            ProfileRequest request = options.Read(result);
            Terminal terminal = new(result);
            string? folder = trial.MemoryFolder(result);
            if (folder is not null) MemoryReport.RequireFolder(folder);
            using Device device = options.Open(result);
            if (folder is not null)
            {
                new MemoryReport(folder, trial.Plans(result, device, terminal, stop)).Write(terminal, request.IsJson);
                return ExitCode.Success;
            }

            if (trial.IsReplayed(result))
            {
                IReadOnlyList<ReplayMeasurement> replays = trial.Replays(result, request, device, terminal, stop);
                new ReplayReport(trial.Describe(result), device, replays).Write(terminal, request.IsJson);
                return ExitCode.Success;
            }

            StepMeasurement measurement = trial.Measure(result, request, device, terminal, stop);
            new ProfileReport(trial.Describe(result), device, measurement, request).Write(terminal);
            return ExitCode.Success;
        });
    }
}
