using BenchmarkDotNet.EventProcessors;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;

namespace GenKernels.Benchmarks;

/// <summary>Rewrites the results after every benchmark, so that a run that is stopped leaves those it had.</summary>
internal sealed class ResultsWriter : EventProcessor
{
    private readonly List<BenchmarkReport> _reports = [];

    /// <inheritdoc/>
    public override void OnEndRunBenchmark(BenchmarkCase benchmarkCase, BenchmarkReport report)
    {
        _reports.Add(report);
        ResultsFile.Write(_reports);
    }
}
