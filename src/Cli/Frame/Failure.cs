using System.Text.RegularExpressions;
using GenKernels.Autograd;
using GenKernels.Runtime;
using GenKernels.Runtime.Interop;
using GenKernels.Train.Data;
using GenKernels.Train.Video;

namespace GenKernels.Cli;

/// <summary>The text that users see for an exception.</summary>
internal static partial class Failure
{
    private const string SourceHeading = "The source, with its own line numbers:";
    private const string PlacesHeading = " (tried: ";
    private const string TooLargeFile = "Specified file length was too large";  // the system's EFBIG, as .NET tells it
    private const int LongestLine = 500;

    /// <param name="failure">The exception that ended the command.</param>
    /// <param name="trace">Whether to show the stack trace.</param>
    /// <returns>One line for failures that input or the machine can cause; with the compiler's log for a kernel that
    /// does not compile; with the exception's type for failures that should not happen.</returns>
    internal static string Describe(Exception failure, bool trace)
    {
        if (trace) return $"gk: {failure}";
        Exception cause = Cause(failure);
        if (cause is CompilationException) return $"gk: {cause.Message.Split(SourceHeading)[0].TrimEnd()}";
        string message = Line(cause.Message);
        return cause switch
        {
            LibraryNotFoundException or DeviceUnavailableException => $"gk: {WithoutPlaces(message)}",
            IOException or UnauthorizedAccessException => $"gk: {PathFirst(message)}",
            ArgumentOutOfRangeException when message.StartsWith(TooLargeFile, StringComparison.Ordinal) =>
                "gk: a file would exceed the file size limit (see 'ulimit -f')",
            OutOfMemoryException => $"gk: out of memory: {message}",
            _ when IsExpected(cause) => $"gk: {message}",
            _ => $"gk: {cause.GetType().Name}: {message} (--stack-trace shows where)",
        };
    }

    /// <returns>A message on one line, which is not too long to be read.</returns>
    internal static string Line(string message) => Short(OneLine(message));

    private static Exception Cause(Exception failure) => failure switch
    {
        AggregateException { InnerExceptions.Count: > 0 } aggregate => Cause(aggregate.InnerExceptions[0]),
        TypeInitializationException { InnerException: { } inner } => Cause(inner),
        _ => failure,
    };

    private static bool IsExpected(Exception failure) => failure
        is CommandException
        or ShapeException or SafetensorsException or LaunchException or OutOfDeviceMemoryException or CudaException
        or StateDictException or DatasetException or VideoException or VideoToolMissingException
        or InvalidDataException or TuningException;

    private static string OneLine(string message) =>
        string.Join(' ', message.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));

    private static string Short(string message) =>
        message.Length <= LongestLine ? message : $"{message[..LongestLine]} … (--stack-trace shows all)";

    private static string WithoutPlaces(string message)
    {
        int places = message.IndexOf(PlacesHeading, StringComparison.Ordinal);
        return places < 0 ? message : $"{message[..places]} ('gk doctor --json' lists the places tried)";
    }

    /// <summary>Moves the file, which the system's own messages name last, to the front, as in all other
    /// messages.</summary>
    private static string PathFirst(string message)
    {
        Match folder = FolderMessage().Match(message);
        if (folder.Success && FileAbove(folder.Groups["path"].Value) is { } file)
        {
            return $"{folder.Groups["path"].Value}: expected a folder, but {file} is a file";
        }

        Match match = SystemMessage().Match(message);
        return match.Success ? $"{match.Groups["path"].Value}: {match.Groups["what"].Value}" : message;
    }

    /// <returns>The file in place of which a folder was to be made or looked into; null where there is none.</returns>
    private static string? FileAbove(string path)
    {
        for (string? place = path; place is not null; place = Path.GetDirectoryName(place))
        {
            if (File.Exists(place)) return place;
        }

        return null;
    }

    [GeneratedRegex("^(Could not find a part of the path|The file) '(?<path>[^']+)'( already exists)?\\.$")]
    private static partial Regex FolderMessage();

    [GeneratedRegex("^(?<what>[^:']+) : '(?<path>[^']+)'$")]
    private static partial Regex SystemMessage();
}
