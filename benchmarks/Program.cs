using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using GenKernels.Benchmarks.Comparison;
using GenKernels.Runtime;

namespace GenKernels.Benchmarks;

internal static class Program
{
    private const int Misused = 2;

    private static readonly string[] s_optionsWithValue = ["--device", "--filter", "--out"];
    private static readonly string[] s_onlyTells = ["--list", "--help", "--version", "--info"];

    /// <summary>
    /// Runs all benchmarks, or those whose name contains the text after <c>--filter</c> or one of several separated by
    /// <c>|</c>, on the best device or that of <c>--device NAME</c>; <c>--out FILE</c> names the file of the results.
    /// With <c>--peers</c>, measures in turns with PyTorch instead, and writes the results to the folder <c>--out</c>.
    /// </summary>
    private static int Main(string[] arguments)
    {
        if (s_optionsWithValue.Contains(arguments.LastOrDefault()))
        {
            Console.Error.WriteLine($"{arguments[^1]} needs a value");
            return Misused;
        }

        if (arguments.Contains("--peers"))
        {
            BenchmarkDevice.Name = Value(arguments, "--device");
            if (!HasDevice()) return 1;
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
        bool hasNothing = reports.Length == 0 && !selection.Any(s_onlyTells.Contains);
        return isRefused || hasNothing || reports.Any(report => !report.Success) ? 1 : 0;
    }

    /// <summary>Reports a missing device once here, instead of in each benchmark.</summary>
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

    /// <summary>Removes device and file; turns the filter's texts into patterns for names that contain them.</summary>
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
