using Microsoft.Testing.Platform.CommandLine;
using Microsoft.Testing.Platform.Extensions;
using Microsoft.Testing.Platform.Extensions.CommandLine;

namespace GenKernels.Tests.Support.Reporting;

/// <summary>The option <c>--report-json FILE</c>.</summary>
internal sealed class ReportOption : ICommandLineOptionsProvider
{
    /// <summary>Without the dashes.</summary>
    internal const string Name = "report-json";

    private const string What = "Write counts, failures and reasons of skipped tests to a JSON file";

    /// <inheritdoc/>
    public string Uid => nameof(ReportOption);

    /// <inheritdoc/>
    public string Version => "1";

    /// <inheritdoc/>
    public string DisplayName => "JSON report";

    /// <inheritdoc/>
    public string Description => What;

    /// <inheritdoc/>
    public Task<bool> IsEnabledAsync() => Task.FromResult(true);

    /// <inheritdoc/>
    public IReadOnlyCollection<CommandLineOption> GetCommandLineOptions() =>
        [new CommandLineOption(Name, What, ArgumentArity.ExactlyOne, isHidden: false)];

    /// <inheritdoc/>
    public Task<ValidationResult> ValidateOptionArgumentsAsync(CommandLineOption option, string[] arguments) =>
        ValidationResult.ValidTask;

    /// <inheritdoc/>
    public Task<ValidationResult> ValidateCommandLineOptionsAsync(ICommandLineOptions options) =>
        ValidationResult.ValidTask;
}
