using GenKernels.Runtime;

namespace GenKernels.Cli;

/// <summary>
/// Reports periodically how many kernels were compiled: each one that is not cached takes seconds, and a silent command
/// seems to hang.
/// </summary>
internal sealed class CompilationWatch : IDisposable
{
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(5);

    private readonly KernelCache _cache;
    private readonly Action<string> _show;
    private readonly int _before;
    private readonly Timer _timer;
    private readonly Lock _lock = new();
    private int _told;

    /// <param name="cache">Kernel cache of the device.</param>
    /// <param name="show">Receives each line, on a timer thread.</param>
    /// <param name="pause">Time between reports; five seconds by default.</param>
    internal CompilationWatch(KernelCache cache, Action<string> show, TimeSpan? pause = null)
    {
        (_cache, _show, _before) = (cache, show, cache.Misses);
        _timer = new Timer(_ => Look(), null, pause ?? s_pause, pause ?? s_pause);
    }

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();

    // A late timer may still be here when the next one comes.
    private void Look()
    {
        lock (_lock)
        {
            int count = _cache.Misses - _before;
            if (count == _told) return;
            _told = count;
            _show($"compiling kernels (cached for later runs): {count} so far");
        }
    }
}
