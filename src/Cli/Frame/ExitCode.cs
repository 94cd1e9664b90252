namespace GenKernels.Cli;

/// <summary>What the process ends with.</summary>
internal static class ExitCode
{
    internal const int Success = 0;

    /// <summary>Bad input, or a check that did not pass.</summary>
    internal const int Failure = 1;

    /// <summary>The command line itself is wrong.</summary>
    internal const int Usage = 2;

    /// <summary>
    /// Ended by Ctrl-C or by a request to terminate, after tidying up; the number is the shells' for Ctrl-C.
    /// </summary>
    internal const int Interrupted = 130;
}
