namespace GenKernels.Cli;

/// <summary>Passes progress on at once, on the thread that reports it.</summary>
internal sealed class Reporter<T>(Action<T> report) : IProgress<T>
{
    public void Report(T value) => report(value);
}
