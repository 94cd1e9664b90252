using GenKernels.Runtime;

namespace GenKernels.Cli;

/// <summary>
/// Tells from time to time how many kernels were compiled: those that are not in the cache yet take seconds each, and a
/// command that says nothing seems to hang.
/// </summary>
internal sealed class CompilationWatch : IDisposable
{
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(5);

    private readonly KernelCache _cache;
    private readonly Action<string> _show;
    private readonly int _before;
    private readonly Timer _timer;
    private int _told;

    /// <param name="cache">Of the device.</param>
    /// <param name="show">Takes a line, on a thread of its own.</param>
    /// <param name="pause">From one look to the next; five seconds by default.</param>
    internal CompilationWatch(KernelCache cache, Action<string> show, TimeSpan? pause = null)
    {
        (_cache, _show, _before) = (cache, show, cache.Misses);
        _timer = new Timer(_ => Look(), null, pause ?? s_pause, pause ?? s_pause);
    }

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();

    private void Look()
    {
        int count = _cache.Misses - _before;
        if (Interlocked.Exchange(ref _told, count) == count) return;
        _show($"compiling kernels, which later runs find ready: {count} so far");
    }
}
