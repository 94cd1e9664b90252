using GenKernels.Runtime;

namespace GenKernels.Benchmarks.Comparison;

/// <summary>Calls of a benchmark as one recorded step, so that what the program does for a launch is not timed. Every
/// call has a result of its own, as inputs are: written to memory, not where the last one lies in the cache.</summary>
internal sealed class RecordedCalls : IDisposable
{
    private readonly List<IDisposable> _results = [];
    private readonly RecordedStep _step;

    /// <param name="benchmark">Prepared, and called before.</param>
    /// <param name="count">Of calls.</param>
    /// <exception cref="RecordingException">A call does what cannot be recorded.</exception>
    internal RecordedCalls(IBenchmark benchmark, int count)
    {
        Count = count;
        try
        {
            _step = RecordedStep.Record(BenchmarkDevice.Device, () =>
            {
                for (int call = 0; call < count; call++)
                {
                    if (benchmark.LaunchApart() is { } result) _results.Add(result);
                }
            });
        }
        catch
        {
            DisposeResults();
            throw;
        }
    }

    /// <summary>Calls of one replay.</summary>
    internal int Count { get; }

    internal void Replay() => _step.Replay();

    public void Dispose()
    {
        BenchmarkDevice.Device.Synchronize();
        _step.Dispose();
        DisposeResults();
    }

    private void DisposeResults()
    {
        foreach (IDisposable result in _results) result.Dispose();
        _results.Clear();
    }
}
