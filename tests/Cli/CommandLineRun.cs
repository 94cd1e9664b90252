using System.Text.Json;
using GenKernels.Cli;

namespace GenKernels.Tests.Cli;

/// <summary>One run of <c>gk</c> in this process.</summary>
/// <param name="Status">The exit code.</param>
/// <param name="Output">What it wrote to the output.</param>
/// <param name="Error">What it wrote to the error stream.</param>
internal sealed record CommandLineRun(int Status, string Output, string Error)
{
    /// <summary>The result of a command with <c>--json</c>.</summary>
    public JsonElement Json => JsonDocument.Parse(Output).RootElement;

    public static async Task<CommandLineRun> Of(params string[] arguments)
    {
        using StringWriter output = new();
        using StringWriter error = new();
        int status = await CommandLine.Run(arguments, output, error);
        return new CommandLineRun(status, output.ToString(), error.ToString());
    }
}
