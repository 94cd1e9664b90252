using System.Text;
using System.Text.RegularExpressions;

namespace GenKernels.Runtime;

/// <summary>
/// A kernel did not compile; the message holds the compiler's log and the numbered source around the first fault.
/// </summary>
public sealed partial class CompilationException : InvalidOperationException
{
    private const int LinesAround = 8;

    public CompilationException(string message)
        : base(message)
    {
    }

    /// <param name="source">Which file, in which type and variant.</param>
    /// <param name="compiler">The compiler's name and version for the message.</param>
    /// <param name="log">The compiler's log.</param>
    /// <param name="text">The expanded source that was compiled.</param>
    internal static CompilationException FromLog(string source, string compiler, string log, string text)
    {
        StringBuilder message = new();
        message.AppendLine($"{compiler} could not compile {source}:").AppendLine(log.TrimEnd());
        Match place = Place().Match(log);
        if (place.Success)
        {
            message.AppendLine($"{place.Groups["file"].Value}, around the first fault:");
            AppendAround(message, text, place.Groups["file"].Value, int.Parse(place.Groups["line"].Value));
        }

        return new CompilationException(message.ToString());
    }

    /// <summary>A source location as g++ and clang print it (<c>file:line</c>), or NVRTC (<c>file(line)</c>).</summary>
    [GeneratedRegex(@"(?<file>[\w./-]+\.(?:cuh?|cpp))(?::(?<line>\d+)|\((?<line>\d+)\))")]
    private static partial Regex Place();

    private static void AppendAround(StringBuilder message, string text, string file, int fault)
    {
        string current = "";
        int number = 0;
        foreach (string line in text.Split('\n'))
        {
            if (line.StartsWith("#line ", StringComparison.Ordinal))
            {
                string[] words = line.Split(' ');
                (number, current) = (int.Parse(words[1]) - 1, words[2].Trim('"'));
                continue;
            }

            number++;
            if (current != file || Math.Abs(number - fault) > LinesAround) continue;
            message.AppendLine($"{(number == fault ? '>' : ' ')}{number,5} {line}");
        }
    }
}
