using GenKernels.Cli;

namespace GenKernels.Tests.Cli;

/// <summary>What a command line came to.</summary>
/// <param name="Status">The exit code.</param>
/// <param name="Output">Results.</param>
/// <param name="Error">Progress and complaints.</param>
internal sealed record CommandRun(int Status, string Output, string Error)
{
    /// <summary>Progress and complaints without the breaks that a console puts into long lines.</summary>
    internal string Told => string.Join(' ', Error.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    /// <summary>Runs a command line in this process.</summary>
    internal static CommandRun Of(params string[] arguments)
    {
        using StringWriter output = new(), error = new();
        int status = CommandLine.Run(arguments, output, error).GetAwaiter().GetResult();
        return new CommandRun(status, output.ToString(), error.ToString());
    }

    /// <summary>Asserts that a command refused its input in one line with a text in it.</summary>
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

    /// <summary>Asserts that a command, once it had told what it does, ended with one line with a text in it.</summary>
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
