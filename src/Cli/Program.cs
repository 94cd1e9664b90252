using System.Runtime.InteropServices;

namespace GenKernels.Cli;

/// <summary>The command <c>gk</c>.</summary>
internal static class Program
{
    private const PosixSignal FileTooLarge = (PosixSignal)25;  // SIGXFSZ of Linux, which has no name here

    private static async Task<int> Main(string[] arguments)
    {
        Console.SetOut(GuardedWriter.ForResults(Console.Out));
        Console.SetError(GuardedWriter.ForProgress(Console.Error));

        // Past the limit of ulimit -f a write is to fail as on a full disk, not to end the process.
        using PosixSignalRegistration? limit = OperatingSystem.IsLinux()
            ? PosixSignalRegistration.Create(FileTooLarge, context => context.Cancel = true)
            : null;
        return await CommandLine.Run(arguments, Console.Out, Console.Error);
    }
}
