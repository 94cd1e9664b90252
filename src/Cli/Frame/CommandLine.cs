using System.CommandLine;
using System.CommandLine.Help;

namespace GenKernels.Cli;

/// <summary>Parses a command line, runs the command, and turns failures into one line and an exit code.</summary>
internal static class CommandLine
{
    /// <param name="arguments">Without the name of the program.</param>
    /// <param name="output">Receives results.</param>
    /// <param name="error">Receives progress and error messages.</param>
    /// <returns>One of <see cref="ExitCode"/>, or what the command returns.</returns>
    internal static async Task<int> Run(string[] arguments, TextWriter output, TextWriter error)
    {
        Command root = CommandTree.Create();
        Option<bool> trace = CommonOptions.StackTrace();
        HelpOption help = new();
        help.Action = new HelpWithExamples((HelpAction)help.Action!);
        root.Options.Add(help);
        root.Options.Add(new VersionOption());
        root.Options.Add(trace);

        // A name that begins with @ is a name, not that of a file of options.
        ParserConfiguration parsing = new() { ResponseFileTokenReplacer = null };
        ParseResult result = root.Parse(arguments.Length == 0 ? ["--help"] : arguments, parsing);
        InvocationConfiguration configuration = new()
        {
            Output = output,
            Error = error,
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = (result.CommandResult.Command as ExampleCommand)?.TimeToStop,
        };
        string? empty = Validation.EmptyArgument(result.CommandResult);
        bool isMisused = result.Errors.Count > 0 || empty is not null;
        if (isMisused && result.GetResult(help) is null) return Misused(result, empty, error);
        try
        {
            return await result.InvokeAsync(configuration);
        }
        catch (OperationCanceledException)
        {
            error.WriteLine("gk: interrupted");
            return ExitCode.Interrupted;
        }
        catch (Exception failure)
        {
            error.WriteLine(Failure.Describe(failure, result.GetValue(trace)));
            return ExitCode.Failure;
        }
    }

    private static int Misused(ParseResult result, string? empty, TextWriter error)
    {
        string command = string.Join(' ', Ancestors(result.CommandResult.Command).Reverse().Skip(1).Prepend("gk"));
        string complaint = result.UnmatchedTokens.Count > 0
            ? $"unknown command or option '{result.UnmatchedTokens[0]}'"
            : empty ?? Lower(result.Errors[0].Message.TrimEnd('.'));
        error.WriteLine($"gk: {Failure.Line(complaint)}; see '{command} --help'");
        return ExitCode.Usage;
    }

    /// <returns>The parser's own messages begin with a capital; those of this program do not.</returns>
    private static string Lower(string message) => char.ToLowerInvariant(message[0]) + message[1..];

    private static IEnumerable<string> Ancestors(Command command)
    {
        for (Command? at = command; at is not null; at = at.Parents.OfType<Command>().FirstOrDefault())
        {
            yield return at.Name;
        }
    }
}
