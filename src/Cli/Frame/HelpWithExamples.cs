using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace GenKernels.Cli;

/// <summary>The usual help, then the examples of the command.</summary>
internal sealed class HelpWithExamples(HelpAction help) : SynchronousCommandLineAction
{
    public override int Invoke(ParseResult parseResult)
    {
        HideWhatIsCovered(parseResult.CommandResult.Command);
        int status = help.Invoke(parseResult);
        if (parseResult.CommandResult.Command is not ExampleCommand command) return status;
        TextWriter output = parseResult.InvocationConfiguration.Output;
        output.WriteLine("Examples:");
        foreach (string example in command.Examples) output.WriteLine($"  {example}");
        output.WriteLine();
        return status;
    }

    /// <summary>Hides inherited options that the command overrides with one of the same name.</summary>
    private static void HideWhatIsCovered(Command command)
    {
        for (Command? above = Above(command); above is not null; above = Above(above))
        {
            foreach (Option option in above.Options.Where(option => option.Recursive))
            {
                if (command.Options.Any(own => own.Name == option.Name)) option.Hidden = true;
            }
        }
    }

    private static Command? Above(Command command) => command.Parents.OfType<Command>().FirstOrDefault();
}
