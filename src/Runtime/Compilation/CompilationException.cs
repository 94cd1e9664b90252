using System.Text;

namespace GenKernels.Runtime;

/// <summary>
/// A kernel did not compile; the message holds the compiler's log and the numbered source around the first fault.
/// </summary>
public sealed class CompilationException : InvalidOperationException
{
    public CompilationException(string message)
        : base(message)
    {
    }

    /// <param name="source">Which file, in which type and variant.</param>
    /// <param name="compiler">The compiler, as the user knows it.</param>
    /// <param name="log">What the compiler said.</param>
    /// <param name="text">The expanded source that it was given.</param>
    internal static CompilationException FromLog(string source, string compiler, string log, string text)
    {
        StringBuilder message = new();
        message.AppendLine($"{compiler} could not compile {source}:").AppendLine(log.TrimEnd());
        message.AppendLine("The source, with its own line numbers:");
        int number = 0;
        foreach (string line in text.Split('\n'))
        {
            bool isMarker = line.StartsWith("#line ", StringComparison.Ordinal);
            number = isMarker ? int.Parse(line.Split(' ')[1]) - 1 : number + 1;
            message.AppendLine($"{number,5} {line}");
        }

        return new CompilationException(message.ToString());
    }
}
