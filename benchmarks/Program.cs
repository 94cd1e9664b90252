using BenchmarkDotNet.Running;

namespace GenKernels.Benchmarks;

internal static class Program
{
    /// <summary>Runs every benchmark, or those of BenchmarkDotNet's <c>--filter</c>; one word stands for all names with it.</summary>
    private static int Main(string[] arguments)
    {
        for (int index = 1; index < arguments.Length; index++)
        {
            if (arguments[index - 1] == "--filter" && !arguments[index].Contains('*')) arguments[index] = $"*{arguments[index]}*";
        }

        string[] selection = arguments.Contains("--filter") || arguments.Contains("--list") ? arguments : [.. arguments, "--filter", "*"];
        var summaries = BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(selection, new KernelBenchmarkConfig());
        bool failed = summaries.Any(summary => summary.HasCriticalValidationErrors || summary.Reports.Any(report => !report.Success));
        if (summaries.Any(summary => summary.Reports.Length > 0)) Console.WriteLine($"results: {ResultsFile.Write(summaries)}");
        return failed ? 1 : 0;
    }
}
