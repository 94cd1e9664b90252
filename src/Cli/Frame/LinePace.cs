using System.Diagnostics;

namespace GenKernels.Cli;

/// <summary>Spaces the progress lines that are written where there is no terminal. Thread-safe.</summary>
internal sealed class LinePace
{
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private long _last = Stopwatch.GetTimestamp();

    /// <returns>Whether ten seconds have passed since this was last true, or at first since it was created.</returns>
    internal bool IsDue()
    {
        lock (_lock)
        {
            if (Stopwatch.GetElapsedTime(_last) < s_pause) return false;
            _last = Stopwatch.GetTimestamp();
            return true;
        }
    }
}
