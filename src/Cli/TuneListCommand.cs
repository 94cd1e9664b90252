using System.CommandLine;
using GenKernels.Cli.Tuning;
using GenKernels.Runtime;

namespace GenKernels.Cli;

/// <summary><c>gk tune list</c>: shows the measurements for a device.</summary>
internal static class TuneListCommand
{
    internal static Command Create()
    {
        TuningResult outcome = new();
        ExampleCommand command = new(
            "list", "List the choices that are known for a device.",
            "gk tune list --device host", "gk tune list --device cuda:0 --out tuning.json");
        outcome.AddTo(command);
        return command.Does((result, _) =>
        {
            outcome.RequirePlace(result);
            using Device device = outcome.Open(result);
            outcome.Write(result, new Terminal(result), device, device.Tuner.Choices);
            return ExitCode.Success;
        });
    }
}
