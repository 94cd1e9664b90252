namespace GenKernels.Cli;

/// <summary>A command cannot continue with its input; the message is the one line that the user sees.</summary>
internal sealed class CommandException : Exception
{
    internal CommandException(string message)
        : base(message)
    {
    }
}
