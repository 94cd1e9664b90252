namespace GenKernels.Cli;

/// <summary>A command cannot go on with what it was given; the message is the one line that people see.</summary>
internal sealed class CommandException : Exception
{
    internal CommandException(string message)
        : base(message)
    {
    }
}
