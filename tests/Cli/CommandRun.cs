using GenKernels.Cli;

namespace GenKernels.Tests.Cli;

/// <summary>The result of a command line.</summary>
/// <param name="Status">The exit code.</param>
/// <param name="Output">Results.</param>
/// <param name="Error">Progress and error messages.</param>
internal sealed record CommandRun(int Status, string Output, string Error)
{
    /// <summary>Progress and error messages without the line breaks that a console inserts.</summary>
    internal string Told => string.Join(' ', Error.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    /// <summary>Runs a command line in this process.</summary>
    internal static CommandRun Of(params string[] arguments)
    {
        using StringWriter output = new(), error = new();
        int status = CommandLine.Run(arguments, output, error).GetAwaiter().GetResult();
        return new CommandRun(status, output.ToString(), error.ToString());
    }

    /// <summary>Asserts that a command rejects its input with a single line that contains a text.</summary>
    internal static void Refuses(string text, int status, params string[] arguments)
    {
        CommandRun run = Of(arguments);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(run.Status, Is.EqualTo(status), run.Error);
            Assert.That(run.Error, Does.StartWith("gk: ").And.Contains(text));
            Assert.That(run.Error.TrimEnd().Split('\n'), Has.Length.EqualTo(1));
            Assert.That(run.Output, Is.Empty);
        }
    }

    /// <summary>Asserts that a command, after its opening message, ends with a single error line that contains a
    /// text.</summary>
    internal static void BreaksOff(string text, int status, params string[] arguments)
    {
        CommandRun run = Of(arguments);
        string[] complaints = [.. run.Error.TrimEnd().Split('\n').SkipWhile(line => !line.StartsWith("gk: "))];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(run.Status, Is.EqualTo(status), run.Error);
            Assert.That(complaints, Has.Length.EqualTo(1).And.All.Contains(text), run.Error);
            Assert.That(run.Output, Is.Empty);
        }
    }
}
