using GenKernels.Runtime;

namespace GenKernels.Benchmarks.Comparison;

/// <summary>Calls of a benchmark as one recorded step, so that launch overhead is not timed. Every call writes its own
/// result, just as it reads its own inputs: results go to memory rather than over the last one in the cache.</summary>
internal sealed class RecordedCalls : IDisposable
{
    private readonly List<IDisposable> _results = [];
    private readonly RecordedStep _step;

    /// <param name="benchmark">A benchmark that is prepared and was called before.</param>
    /// <param name="count">Number of calls.</param>
    /// <exception cref="RecordingException">A call does something that cannot be recorded.</exception>
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

    /// <summary>Number of calls per replay.</summary>
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
