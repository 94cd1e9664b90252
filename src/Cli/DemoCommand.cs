using System.CommandLine;
using GenKernels.Cli.Demo;
using Spectre.Console;

namespace GenKernels.Cli;

/// <summary><c>gk demo</c>: the whole workflow in small on real input, with a report.</summary>
internal static class DemoCommand
{
    internal static Command Create()
    {
        Option<string> output = new("--out")
        {
            Description = "Output folder; the results of an earlier demo there are replaced",
            HelpName = "folder",
            DefaultValueFactory = _ => "out/demo",
        };
        Option<double?> minutes =
            CommonOptions.Minutes("Training time in minutes, including first-time kernel compilation");
        minutes.DefaultValueFactory = _ => 4;
        Option<int?> steps = new Option<int?>("--steps")
        {
            Description = "Stop training after this many steps",
            HelpName = "number",
        }.Positive();
        Option<string?> clip = new("--clip")
        {
            Description = "Video to train on; assets/drive.mp4 by default",
            HelpName = "file",
        };
        Option<string> device = CommonOptions.Device();
        Option<long> seed = CommonOptions.Seed();
        ExampleCommand command = new(
            "demo", "Train a small generator on a real clip, generate a long video with it, and write a report.",
            "gk demo", "gk demo --minutes 30 --clip assets/drive.mp4 --out out/drive")
        {
            output, minutes, steps, clip, device, seed,
        };
        return command.Does((result, stop) =>
        {
            Terminal terminal = new(result);
            DemoOptions options = new(
                result.GetRequiredValue(output), result.GetValue(clip),
                TimeSpan.FromMinutes(result.GetRequiredValue(minutes)!.Value),
                result.GetValue(steps), result.GetRequiredValue(device), result.GetValue(seed));
            terminal.Output.WriteLine(new DemoRun(options, terminal.Progress, stop).Run());
            return ExitCode.Success;
        });
    }
}
