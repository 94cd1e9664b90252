using BenchmarkDotNet.Reports;
using GenKernels.Runtime;

namespace GenKernels.Benchmarks;

/// <summary>A measured time, related to the work of its case.</summary>
/// <param name="Case">The timed case.</param>
/// <param name="Seconds">Median time.</param>
internal sealed record Throughput(KernelCase Case, double Seconds)
{
    internal double BytesPerSecond => Case.Bytes / Seconds;

    internal double ShareOfCopy => BytesPerSecond / BenchmarkDevice.CopyBandwidth;

    /// <summary>The least time that bytes and operations allow at the measured rates, over the measured time.</summary>
    internal double ShareOfCeiling =>
        BenchmarkDevice.Ceiling(Case.Type).LeastSeconds(new LaunchCost(Case.Bytes, Case.Operations), Case.Type)
        / Seconds;

    internal string Bound =>
        Case.Operations > 0 ? $"{Case.Operations / 1e9:0.###} GFLOP" : $"{Case.Bytes / 1e6:0.###} MB";

    internal string Arithmetic => Case.Operations > 0 ? $"{Case.Operations / Seconds / 1e9:0.0}" : "-";

    /// <returns>The throughput of a report, or null if it has no case or no time.</returns>
    internal static Throughput? Of(BenchmarkReport? report)
    {
        if (report?.ResultStatistics is not { } times) return null;
        IEnumerable<object?> values = report.BenchmarkCase.Parameters.Items.Select(item => item.Value);
        KernelCase? benchmark = values.OfType<KernelCase>().FirstOrDefault();
        return benchmark is null ? null : new Throughput(benchmark, times.Median * 1e-9);
    }
}
