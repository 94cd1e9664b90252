namespace GenKernels.Cli;

/// <summary>Exit codes of the process.</summary>
internal static class ExitCode
{
    internal const int Success = 0;

    /// <summary>Bad input, or a check that did not pass.</summary>
    internal const int Failure = 1;

    /// <summary>The command line itself is wrong.</summary>
    internal const int Usage = 2;

    /// <summary>
    /// Ended by Ctrl-C or a request to terminate, after cleaning up; shells use this number for Ctrl-C.
    /// </summary>
    internal const int Interrupted = 130;
}
