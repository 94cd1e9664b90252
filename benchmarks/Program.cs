using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using GenKernels.Benchmarks.Comparison;

namespace GenKernels.Benchmarks;

internal static class Program
{
    /// <summary>
    /// Runs every benchmark, or those of BenchmarkDotNet's <c>--filter</c>, on the best device or on that of
    /// <c>--device NAME</c>. With <c>--peers</c>, measures in turns with PyTorch instead, and leaves the results in the
    /// folder <c>--out</c>.
    /// </summary>
    private static int Main(string[] arguments)
    {
        if (arguments.Contains("--peers"))
        {
            BenchmarkDevice.Name = Value(arguments, "--device");
            return ComparisonRun.Run(
                Value(arguments, "--filter") ?? "", Value(arguments, "--out") ?? ResultsFile.KeptFolder);
        }

        Summary[] summaries = [.. BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly)
            .Run(Selection(arguments), new KernelBenchmarkConfig())];
        BenchmarkReport[] reports = [.. summaries.SelectMany(summary => summary.Reports)];
        if (reports.Length > 0) Console.WriteLine($"results: {ResultsFile.Write(reports)}");
        bool isRefused = summaries.Any(summary => summary.HasCriticalValidationErrors);
        return isRefused || reports.Any(report => !report.Success) ? 1 : 0;
    }

    private static string? Value(string[] arguments, string name)
    {
        int index = Array.IndexOf(arguments, name);
        return index >= 0 && index + 1 < arguments.Length ? arguments[index + 1] : null;
    }

    /// <summary>Takes the device out; one word as the filter stands for all names that hold it.</summary>
    private static string[] Selection(string[] arguments)
    {
        List<string> selection = [];
        for (int index = 0; index < arguments.Length; index++)
        {
            (string name, bool hasValue) = (arguments[index], index + 1 < arguments.Length);
            if (name == "--device" && hasValue) BenchmarkDevice.Name = arguments[++index];
            else if (name == "--filter" && hasValue) selection.AddRange("--filter", Any(arguments[++index]));
            else selection.Add(name);
        }

        if (!selection.Contains("--filter") && !selection.Contains("--list")) selection.AddRange(["--filter", "*"]);
        return [.. selection];
    }

    private static string Any(string filter) => filter.Contains('*') ? filter : $"*{filter}*";
}
