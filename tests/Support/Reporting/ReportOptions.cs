using Microsoft.Testing.Platform.CommandLine;
using Microsoft.Testing.Platform.Extensions;
using Microsoft.Testing.Platform.Extensions.CommandLine;

namespace GenKernels.Tests.Support.Reporting;

/// <summary>The options <c>--report-json FILE</c> and <c>--side-by-side N</c>.</summary>
internal sealed class ReportOptions : ICommandLineOptionsProvider
{
    /// <summary>The first option, without the dashes.</summary>
    internal const string File = "report-json";

    /// <summary>
    /// The second option, without the dashes; <see cref="SideBySide"/> consumes it, and leaves it here only if it is
    /// not an integer.
    /// </summary>
    internal const string Width = "side-by-side";

    private static readonly CommandLineOption[] s_options =
    [
        new(File, "Write counts, failures and reasons of skips to a JSON file", ArgumentArity.ExactlyOne, false),
        new(Width, "Run fixtures in so many processes at a time", ArgumentArity.ExactlyOne, false),
    ];

    /// <inheritdoc/>
    public string Uid => nameof(ReportOptions);

    /// <inheritdoc/>
    public string Version => "1";

    /// <inheritdoc/>
    public string DisplayName => "Reports";

    /// <inheritdoc/>
    public string Description => "JSON reports, of one process or of several";

    /// <inheritdoc/>
    public Task<bool> IsEnabledAsync() => Task.FromResult(true);

    /// <inheritdoc/>
    public IReadOnlyCollection<CommandLineOption> GetCommandLineOptions() => s_options;

    /// <inheritdoc/>
    public Task<ValidationResult> ValidateOptionArgumentsAsync(CommandLineOption option, string[] arguments) =>
        option.Name == Width
            ? ValidationResult.InvalidTask($"--{Width} needs a whole number from 1 on, got {arguments[0]}")
            : ValidationResult.ValidTask;

    /// <inheritdoc/>
    public Task<ValidationResult> ValidateCommandLineOptionsAsync(ICommandLineOptions options) =>
        ValidationResult.ValidTask;
}
