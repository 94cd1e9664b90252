using GenKernels.Runtime;
using GenKernels.Runtime.Interop;
using GenKernels.Train.Data;
using GenKernels.Train.Video;

namespace GenKernels.Cli;

/// <summary>What people see of an exception.</summary>
internal static class Failure
{
    private const string SourceHeading = "The source, with its own line numbers:";

    /// <param name="failure">What ended the command.</param>
    /// <param name="trace">Whether the stack is asked for.</param>
    /// <returns>
    /// One line for what input or the machine can cause; of a kernel that does not compile, the compiler's log too; the
    /// type as well for what should not happen.
    /// </returns>
    internal static string Describe(Exception failure, bool trace)
    {
        if (trace) return $"gk: {failure}";
        Exception cause = Cause(failure);
        if (cause is CompilationException) return $"gk: {cause.Message.Split(SourceHeading)[0].TrimEnd()}";
        string message = OneLine(cause.Message);
        return IsExpected(cause) ? $"gk: {message}" : $"gk: {cause.GetType().Name}: {message} (--trace shows where)";
    }

    private static Exception Cause(Exception failure) => failure switch
    {
        AggregateException { InnerExceptions.Count: 1 } aggregate => Cause(aggregate.InnerExceptions[0]),
        _ => failure,
    };

    private static bool IsExpected(Exception failure) => failure
        is CommandException
        or ShapeException or SafetensorsException or LaunchException or OutOfDeviceMemoryException
        or DeviceUnavailableException or LibraryNotFoundException or CudaException
        or DatasetException or VideoException or VideoToolMissingException
        or IOException or UnauthorizedAccessException;

    private static string OneLine(string message) =>
        string.Join(' ', message.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
}
