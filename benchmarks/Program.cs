using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using GenKernels.Benchmarks.Comparison;
using GenKernels.Runtime;

namespace GenKernels.Benchmarks;

internal static class Program
{
    /// <summary>
    /// Runs every benchmark, or those whose name has the text after <c>--filter</c> or, with <c>|</c> between several,
    /// one of them, on the best device or on that of <c>--device NAME</c>; <c>--out FILE</c> names the file of the
    /// results. With <c>--peers</c>, measures in turns with PyTorch instead, and leaves the results in the folder
    /// <c>--out</c>.
    /// </summary>
    private static int Main(string[] arguments)
    {
        if (arguments.Contains("--peers"))
        {
            BenchmarkDevice.Name = Value(arguments, "--device");
            return ComparisonRun.Run(
                new NameFilter(Value(arguments, "--filter") ?? ""),
                Value(arguments, "--out") ?? ResultsFile.KeptFolder);
        }

        string[] selection = Selection(arguments);
        if (!selection.Contains("--list") && !HasDevice()) return 1;
        Summary[] summaries = [.. BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly)
            .Run(selection, new KernelBenchmarkConfig())];
        BenchmarkReport[] reports = [.. summaries.SelectMany(summary => summary.Reports)];
        if (reports.Length > 0) Console.WriteLine($"results: {ResultsFile.Write(reports)}");
        bool isRefused = summaries.Any(summary => summary.HasCriticalValidationErrors);
        return isRefused || reports.Any(report => !report.Success) ? 1 : 0;
    }

    /// <summary>Told in one line here, where each benchmark would tell it anew.</summary>
    private static bool HasDevice()
    {
        try
        {
            return BenchmarkDevice.Device is not null;
        }
        catch (Exception exception) when (exception is DeviceUnavailableException or ArgumentException)
        {
            Console.Error.WriteLine(exception.Message);
            return false;
        }
    }

    private static string? Value(string[] arguments, string name)
    {
        int index = Array.IndexOf(arguments, name);
        return index >= 0 && index + 1 < arguments.Length ? arguments[index + 1] : null;
    }

    /// <summary>Takes device and file out; texts as the filter stand for all names that hold one.</summary>
    private static string[] Selection(string[] arguments)
    {
        List<string> selection = [];
        for (int index = 0; index < arguments.Length; index++)
        {
            (string name, bool hasValue) = (arguments[index], index + 1 < arguments.Length);
            if (name == "--device" && hasValue) BenchmarkDevice.Name = arguments[++index];
            else if (name == "--out" && hasValue) ResultsFile.Name = arguments[++index];
            else if (name == "--filter" && hasValue) selection.AddRange([name, .. Patterns(arguments[++index])]);
            else selection.Add(name);
        }

        if (!selection.Contains("--filter") && !selection.Contains("--list")) selection.AddRange(["--filter", "*"]);
        return [.. selection];
    }

    private static IEnumerable<string> Patterns(string filter) => new NameFilter(filter).Patterns.DefaultIfEmpty("*");
}
