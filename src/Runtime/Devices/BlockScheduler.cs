using System.Diagnostics;

namespace GenKernels.Runtime;

/// <summary>
/// Spreads the blocks of a launch over the cores. The calling thread works too, and workers join as they wake up: a
/// launch never waits for a worker to start, only for one that is in the middle of a chunk of blocks. A launch
/// allocates nothing.
/// </summary>
internal sealed unsafe class BlockScheduler : IDisposable
{
    // Waking a sleeping thread costs some microseconds: a launch expected to be shorter than this, 10 us, runs on the
    // calling thread alone.
    private static readonly long s_worthSharing = Stopwatch.Frequency / 100_000;

    private readonly Lock _launch = new();
    private readonly Thread[] _workers;
    private readonly SemaphoreSlim _wake = new(0);
    private delegate* unmanaged<NativeLaunch*, void**, long, long, int> _entry;
    private NativeLaunch* _arguments;
    private void** _values;
    private long _blockCount;
    private long _chunk;
    private long _next;
    private long _ticks;
    private int _status;
    private int _inside;
    private int _sleeping;
    private volatile bool _open;
    private volatile bool _stopping;

    internal BlockScheduler(int coreCount)
    {
        CoreCount = coreCount;
        _workers = new Thread[coreCount - 1];
        for (int index = 0; index < _workers.Length; index++)
        {
            _workers[index] = new Thread(Work) { IsBackground = true, Name = $"gk-blocks-{index + 1}" };
            _workers[index].Start();
        }
    }

    internal int CoreCount { get; }

    /// <summary>The time of all launches so far, each from its first block's start to its last one's end.</summary>
    internal TimeSpan LaunchTime => Stopwatch.GetElapsedTime(0, Volatile.Read(ref _ticks));

    public void Dispose()
    {
        _stopping = true;
        _wake.Release(_workers.Length + 1);
        foreach (Thread worker in _workers) worker.Join();
        _wake.Dispose();
    }

    /// <summary>Runs all blocks; returns when the last is done.</summary>
    /// <returns>0, or the status of a block that failed.</returns>
    internal int Run(
        delegate* unmanaged<NativeLaunch*, void**, long, long, int> entry, NativeLaunch* arguments, void** values,
        long blockCount, bool hasLongBlocks)
    {
        lock (_launch)
        {
            long started = Stopwatch.GetTimestamp();
            int status = _workers.Length == 0 || blockCount == 1 ? entry(arguments, values, 0, blockCount)
                : hasLongBlocks ? Share(entry, arguments, values, 0, blockCount)
                : RunFirst(entry, arguments, values, blockCount, started);
            _ticks += Stopwatch.GetTimestamp() - started;
            return status;
        }
    }

    /// <summary>Runs the first block alone, to find out whether the rest is worth sharing.</summary>
    private int RunFirst(
        delegate* unmanaged<NativeLaunch*, void**, long, long, int> entry, NativeLaunch* arguments, void** values,
        long blockCount, long started)
    {
        int status = entry(arguments, values, 0, 1);
        if (status != 0) return status;
        long expected = (Stopwatch.GetTimestamp() - started) * (blockCount - 1);
        return expected < s_worthSharing
            ? entry(arguments, values, 1, blockCount)
            : Share(entry, arguments, values, 1, blockCount);
    }

    private int Share(
        delegate* unmanaged<NativeLaunch*, void**, long, long, int> entry, NativeLaunch* arguments, void** values,
        long firstBlock, long blockCount)
    {
        _entry = entry;
        _arguments = arguments;
        _values = values;
        _blockCount = blockCount;
        _chunk = Math.Max(1, blockCount / (CoreCount * 8L));
        (_next, _status) = (firstBlock, 0);
        _open = true;
        Interlocked.MemoryBarrier();
        int sleeping = Volatile.Read(ref _sleeping);
        if (sleeping > 0) _wake.Release(sleeping);
        RunChunks();
        _open = false;
        Interlocked.MemoryBarrier();
        SpinWait wait = default;
        while (Volatile.Read(ref _inside) != 0) wait.SpinOnce(sleep1Threshold: -1);
        return _status;
    }

    private void RunChunks()
    {
        while (true)
        {
            long first = Interlocked.Add(ref _next, _chunk) - _chunk;
            if (first >= _blockCount) return;
            int status = _entry(_arguments, _values, first, Math.Min(first + _chunk, _blockCount));
            if (status != 0) Interlocked.CompareExchange(ref _status, status, 0);
        }
    }

    private void Work()
    {
        while (!_stopping)
        {
            Interlocked.Increment(ref _inside);
            bool worked = _open;
            if (worked) RunChunks();
            Interlocked.Decrement(ref _inside);
            if (!worked || !_open) WaitForWork();
        }
    }

    private void WaitForWork()
    {
        // A training step launches often: spinning for 50 us avoids most sleeps.
        long until = Stopwatch.GetTimestamp() + (Stopwatch.Frequency / 20_000);
        while (Stopwatch.GetTimestamp() < until)
        {
            if (_open && Volatile.Read(ref _next) < _blockCount) return;
            Thread.SpinWait(20);
        }

        Interlocked.Increment(ref _sleeping);
        if (!_open && !_stopping) _wake.Wait();
        Interlocked.Decrement(ref _sleeping);
    }
}
