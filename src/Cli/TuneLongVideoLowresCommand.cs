using System.CommandLine;
using GenKernels.Cli.Profiling;
using GenKernels.Cli.Tuning;
using GenKernels.Runtime;
using Spectre.Console;

namespace GenKernels.Cli;

/// <summary><c>gk tune long-video-lowres</c>: measures the alternatives for all work of a training step.</summary>
internal static class TuneLongVideoLowresCommand
{
    internal static Command Create()
    {
        TuningResult outcome = new();
        TrainingTrial trial = new();
        Option<string> precision = PrecisionOption.Create();
        ExampleCommand command = new(
            "long-video-lowres", "Time the alternatives for the kernels of a training step and keep the fastest.",
            "gk tune long-video-lowres --preset paper --batch 1 --device cuda:0",
            "gk tune long-video-lowres --preset tiny --device host --out out/tuning.json");
        trial.AddTo(command);
        command.Options.Add(precision);
        outcome.AddTo(command);
        return command.Does((result, stop) =>
        {
            Terminal terminal = new(result);
            outcome.RequirePlace(result);
            using Device device = outcome.Open(result);
            device.Precision = PrecisionOption.Read(result, precision);
            device.Tuner.Policy = TuningPolicy.Measure;
            device.Tuner.Measured = choice =>
            {
                stop.ThrowIfCancellationRequested();
                terminal.Progress.WriteLine($"{choice.Kernel}: {choice.Shape}: {choice.Algorithm}");
            };
            trial.Take(result, device, terminal, stop);
            outcome.Write(result, terminal, device, device.Tuner.UsedChoices);
            return ExitCode.Success;
        });
    }
}
