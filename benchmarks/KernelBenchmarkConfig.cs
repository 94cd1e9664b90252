using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Toolchains.InProcess.NoEmit;
using Perfolizer.Horology;

namespace GenKernels.Benchmarks;

/// <summary>
/// Runs in process, so that the device and its compiled kernels exist once; timed by the device; a few short
/// iterations.
/// </summary>
internal sealed class KernelBenchmarkConfig : ManualConfig
{
    // A GPU's clocks are steady and its events exact: it needs fewer and shorter iterations, and its time is expensive.
    private static readonly (int WarmUps, int Milliseconds) s_onProcessor = (2, 200);
    private static readonly (int WarmUps, int Milliseconds) s_onGpu = (1, 50);

    internal KernelBenchmarkConfig()
    {
        (int warmUps, int milliseconds) = BenchmarkDevice.IsGpu ? s_onGpu : s_onProcessor;
        AddJob(Job.Default
            .WithToolchain(new SurvivingToolchain(InProcessNoEmitToolchain.Instance))
            .WithClock(BenchmarkDevice.Clock)
            .WithWarmupCount(warmUps)
            .WithIterationCount(5)
            .WithIterationTime(TimeInterval.FromMilliseconds(milliseconds))
            .WithUnrollFactor(1)
            .WithEvaluateOverhead(false));  // an empty call takes nanoseconds, a launch microseconds
        AddLogger(ConsoleLogger.Default);
        AddColumnProvider(DefaultColumnProviders.Descriptor, DefaultColumnProviders.Params);
        AddColumn(StatisticColumn.Median, StatisticColumn.StdDev);
        AddColumnProvider(DefaultColumnProviders.Metrics);
        Add("Bound", "what limits the kernel, and how much of it", cell => cell.Bound);
        Add("GB/s", "bytes that must move over the median time", cell => $"{cell.BytesPerSecond / 1e9:0.0}");
        Add("of copy", "share of the device's measured copy bandwidth", cell => $"{cell.ShareOfCopy:0 %}");
        Add("GFLOP/s", "operations over the median time", cell => cell.Arithmetic);
        Add(
            "of ceiling", "the least time that the measured copy and matrix product allow over the median time",
            cell => $"{cell.ShareOfCeiling:0 %}");
        AddColumn(new ThroughputColumn("library / ours", LibraryPeer.Legend, LibraryPeer.Ratio));
        AddEventProcessor(new ResultsWriter());
        SummaryStyle = SummaryStyle.Default.WithMaxParameterColumnWidth(80);
        ArtifactsPath = ResultsFile.Name is null
            ? Path.Combine(ResultsFile.Folder, "log")
            : Path.Combine(Path.GetTempPath(), "genkernels-benchmarks");
    }

    private void Add(string name, string legend, Func<Throughput, string> cell) =>
        AddColumn(new ThroughputColumn(name, legend, (throughput, _) => cell(throughput)));
}
