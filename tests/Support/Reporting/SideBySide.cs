using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace GenKernels.Tests.Support.Reporting;

/// <summary>
/// Runs the tests in several processes in parallel, for <c>--side-by-side N</c>: kernels compile on all cores, and a
/// GPU fault that a test provokes, which its process cannot recover from, fails no other fixture. One report covers
/// all.
/// </summary>
internal sealed class SideBySide
{
    // Exit codes of the tests' program, as defined by the testing platform.
    private const int Succeeded = 0, TestsFailed = 2, Broken = 3, NothingRan = 8;

    // Options that are set separately for each process.
    private const string Filter = "--filter", ResultsFolder = "--results-directory";

    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(5);

    private readonly long _begun = Stopwatch.GetTimestamp();
    private readonly Lock _lock = new();
    private readonly List<Report> _reports = [];
    private readonly int _width;
    private readonly string? _filter;
    private readonly string? _path;
    private readonly string[] _others;

    private SideBySide(int width, List<string> arguments)
    {
        _width = width;
        Take(arguments, ResultsFolder);
        (_filter, _path) = (Take(arguments, Filter), Take(arguments, "--" + ReportOptions.File));
        if (_path is not null) _path = Path.GetFullPath(_path);
        _others = [.. arguments];
    }

    /// <returns>The run that the command line asks for; null if it asks for one process.</returns>
    internal static SideBySide? From(string[] arguments)
    {
        List<string> left = [.. arguments];
        string? width = Take(left, "--" + ReportOptions.Width);
        return int.TryParse(width, NumberStyles.None, CultureInfo.InvariantCulture, out int count) && count > 0
            ? new SideBySide(count, left)
            : null;
    }

    /// <returns>The exit code, as of a single process: 0 if all tests were run or skipped and none failed.</returns>
    internal async Task<int> RunAsync()
    {
        using TemporaryFolder folder = new();
        using CancellationTokenSource stop = new();
        using PosixSignalRegistration term = StopOn(PosixSignal.SIGTERM, stop);
        using PosixSignalRegistration interrupt = StopOn(PosixSignal.SIGINT, stop);
        bool isComplete = true;
        try
        {
            TestBatch[] batches = TestBatch.Divide(await ListAsync(stop.Token));
            await Parallel.ForEachAsync(
                batches, new ParallelOptions { MaxDegreeOfParallelism = _width, CancellationToken = stop.Token },
                async (batch, stopping) => Add(batch, await RunAsync(batch, folder, stopping)));
        }
        catch (OperationCanceledException)
        {
            isComplete = false;
        }

        Report all = Joined(isComplete);
        Console.WriteLine($"{all.Passed} passed, {all.Failed} failed, {all.Skipped} skipped in {all.Seconds} s");
        return Finish(
            all, !all.IsComplete ? Broken : all.Failed > 0 ? TestsFailed : all.Count == 0 ? NothingRan : Succeeded);
    }

    private static string? Take(List<string> arguments, string option)
    {
        int place = arguments.IndexOf(option);
        if (place < 0 || place + 1 == arguments.Count) return null;
        string value = arguments[place + 1];
        arguments.RemoveRange(place, 2);
        return value;
    }

    private static PosixSignalRegistration StopOn(PosixSignal signal, CancellationTokenSource stop) =>
        PosixSignalRegistration.Create(signal, context =>
        {
            context.Cancel = true;
            stop.Cancel();
        });

    private int Finish(Report report, int status)
    {
        if (_path is not null) report.Write(_path);
        return status;
    }

    private Report Joined(bool isComplete) =>
        Report.Joined(_reports, isComplete, Stopwatch.GetElapsedTime(_begun).TotalSeconds);

    private void Add(TestBatch batch, Report report)
    {
        lock (_lock)
        {
            _reports.Add(report);
            Console.WriteLine(
                $"{batch.Name}: {report.Passed} passed, {report.Failed} failed, {report.Skipped} skipped "
                + $"in {report.Seconds} s");
            foreach (ReportedFailure failure in report.Failures)
            {
                Console.WriteLine($"  failed {failure.Test}\n    {failure.Message}");
            }

            if (_path is not null) Joined(isComplete: false).Write(_path);
        }
    }

    /// <returns>The fixture of each selected test.</returns>
    private async Task<IEnumerable<string>> ListAsync(CancellationToken stop)
    {
        string[] filter = _filter is null ? [] : [Filter, _filter];
        (int status, string said, bool isStopped) = await StartAsync([.. filter, "--list-tests", "json"], stop);
        if (isStopped) throw new OperationCanceledException(stop);
        return status is Succeeded or NothingRan
            ? TestBatch.Fixtures(said)
            : throw new InvalidOperationException($"tests cannot be listed, status {status}: {said}");
    }

    private async Task<Report> RunAsync(TestBatch batch, TemporaryFolder folder, CancellationToken stop)
    {
        string file = folder.File(batch.Name + ".json");
        string filter = _filter is null ? batch.Filter : $"({batch.Filter})&({_filter})";
        (int status, string said, bool isStopped) = await StartAsync(
            [Filter, filter, "--" + ReportOptions.File, file, ResultsFolder, folder.Path], stop);
        Report report = Report.Read(file) ?? Report.Joined([], isComplete: false, seconds: 0);
        if (isStopped) return report with { IsComplete = false };
        bool isWell = status is Succeeded or TestsFailed && report.IsComplete && report.Count == batch.Count;
        if (isWell) return report;
        ReportedFailure failure = new(
            batch.Name, $"a process of {batch.Count} tests ended with status {status}, told of {report.Count} and "
            + $"said: {said}", "");
        return report with { IsComplete = false, Failed = report.Failed + 1, Failures = [.. report.Failures, failure] };
    }

    private async Task<(int Status, string Said, bool IsStopped)> StartAsync(string[] own, CancellationToken stop)
    {
        ProcessStartInfo start = OwnProgram.Start("GenKernels.Tests", [.. _others, .. own]);
        (start.RedirectStandardOutput, start.RedirectStandardError) = (true, true);
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        Task<string> errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
        bool isStopped = await WaitAsync(process, stop);
        return (process.ExitCode, await output + await errors, isStopped);
    }

    /// <returns>Whether it was stopped. Whoever stops this program often stops the children too, so they get some
    /// time.</returns>
    private static async Task<bool> WaitAsync(Process process, CancellationToken stop)
    {
        try
        {
            await process.WaitForExitAsync(stop);
            return false;
        }
        catch (OperationCanceledException)
        {
            if (!process.WaitForExit(s_grace)) process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None);
            return true;
        }
    }
}
