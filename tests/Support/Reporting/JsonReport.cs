using System.Diagnostics;
using Microsoft.Testing.Platform.CommandLine;
using Microsoft.Testing.Platform.Extensions;
using Microsoft.Testing.Platform.Extensions.Messages;
using Microsoft.Testing.Platform.Extensions.TestHost;
using Microsoft.Testing.Platform.Services;

namespace GenKernels.Tests.Support.Reporting;

/// <summary>
/// Writes the results of the tests as one JSON file, again every few seconds, so that a run that is killed leaves what
/// it had, marked as incomplete.
/// </summary>
internal sealed class JsonReport(ICommandLineOptions options) : IDataConsumer, ITestSessionLifetimeHandler
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(5);
    private readonly long _begun = Stopwatch.GetTimestamp();
    private readonly string? _path =
        options.TryGetOptionArgumentList(ReportOptions.File, out string[]? files) ? Path.GetFullPath(files[0]) : null;

    private readonly List<ReportedFailure> _failures = [];
    private readonly SortedDictionary<string, int> _skipped = new(StringComparer.Ordinal);
    private long _written;
    private int _passed;

    /// <inheritdoc/>
    public string Uid => nameof(JsonReport);

    /// <inheritdoc/>
    public string Version => "1";

    /// <inheritdoc/>
    public string DisplayName => "JSON report";

    /// <inheritdoc/>
    public string Description => "Writes counts, failures and reasons of skipped tests to a JSON file";

    /// <inheritdoc/>
    public Type[] DataTypesConsumed => [typeof(TestNodeUpdateMessage)];

    /// <inheritdoc/>
    public Task<bool> IsEnabledAsync() => Task.FromResult(_path is not null);

    /// <inheritdoc/>
    public Task OnTestSessionStartingAsync(ITestSessionContext context)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_path!)!);
        Write(isComplete: false);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task ConsumeAsync(IDataProducer producer, IData value, CancellationToken stop)
    {
        TestNode node = ((TestNodeUpdateMessage)value).TestNode;
        if (node.Properties.SingleOrDefault<TestNodeStateProperty>() is not { } state) return Task.CompletedTask;
        Count(node, state);
        if (Stopwatch.GetElapsedTime(_written) > s_interval) Write(isComplete: false);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task OnTestSessionFinishingAsync(ITestSessionContext context)
    {
        Write(isComplete: !context.CancellationToken.IsCancellationRequested);
        return Task.CompletedTask;
    }

    private void Count(TestNode node, TestNodeStateProperty state)
    {
        switch (state)
        {
            case PassedTestNodeStateProperty:
                _passed++;
                break;
            case SkippedTestNodeStateProperty:
                string reason = state.Explanation ?? "no reason is given";
                _skipped[reason] = _skipped.GetValueOrDefault(reason) + 1;
                break;
            case FailedTestNodeStateProperty { Exception: var exception }:
                _failures.Add(Failure(node, state, exception));
                break;
            case ErrorTestNodeStateProperty { Exception: var exception }:
                _failures.Add(Failure(node, state, exception));
                break;
        }
    }

    private static ReportedFailure Failure(TestNode node, TestNodeStateProperty state, Exception? exception)
    {
        TestMethodIdentifierProperty? method = node.Properties.SingleOrDefault<TestMethodIdentifierProperty>();
        string name = method is null ? node.DisplayName : $"{method.Namespace}.{method.TypeName}.{node.DisplayName}";
        return new ReportedFailure(name, state.Explanation ?? exception?.Message ?? "", exception?.StackTrace ?? "");
    }

    private void Write(bool isComplete)
    {
        Report report = new(
            Report.ChosenDevice, isComplete, Math.Round(Stopwatch.GetElapsedTime(_begun).TotalSeconds, 1), _passed,
            _failures.Count, _skipped.Values.Sum(), _failures, _skipped);
        report.Write(_path!);
        _written = Stopwatch.GetTimestamp();
    }
}
