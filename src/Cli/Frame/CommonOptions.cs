using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace GenKernels.Cli;

/// <summary>Options that mean the same in every command; each command creates its own instance.</summary>
internal static class CommonOptions
{
    private const double MinutesOfAYear = 366 * 24 * 60;

    /// <returns>The option that shows the stack trace of a failure; added to the root, it applies to every
    /// command.</returns>
    internal static Option<bool> StackTrace() => new("--stack-trace")
    {
        Description = "Print the stack trace of a failure",
        Recursive = true,
    };

    /// <param name="byDefault">The device to open if none is named.</param>
    internal static Option<string> Device(string byDefault = "auto")
    {
        Option<string> option = new("--device")
        {
            Description = "auto, host, simt or cuda:N; auto is the first GPU, or host if there is none",
            HelpName = "name",
            DefaultValueFactory = _ => byDefault,
        };
        option.Validators.Add(RequireDeviceName);
        return option;
    }

    /// <param name="name">Name of the option.</param>
    /// <param name="description">Description of the option.</param>
    /// <param name="byDefault">The number when none is given.</param>
    /// <param name="most">The largest number that is accepted.</param>
    /// <returns>An option for a positive integer.</returns>
    internal static Option<int> Number(string name, string description, int byDefault, int most = int.MaxValue) =>
        new Option<int>(name)
        {
            Description = description,
            HelpName = "number",
            DefaultValueFactory = _ => byDefault,
        }.Positive(most);

    /// <param name="byDefault">The seed when none is given.</param>
    internal static Option<long> Seed(long byDefault = 0) => new Option<long>("--seed")
    {
        Description = "Random seed; the same seed gives the same result",
        HelpName = "number",
        DefaultValueFactory = _ => byDefault,
    }.Any();

    /// <param name="description">Says what ends after this time.</param>
    internal static Option<double?> Minutes(string description) => new Option<double?>("--minutes")
    {
        Description = description,
        HelpName = "number",
    }.MoreThanZero(MinutesOfAYear);

    /// <returns>For commands whose result a program may read.</returns>
    internal static Option<bool> Json() => new("--json") { Description = "Write the result as JSON" };

    private static void RequireDeviceName(OptionResult result)
    {
        string name = result.GetValueOrDefault<string>() ?? "";
        bool isCuda = name.StartsWith("cuda:", StringComparison.Ordinal)
            && int.TryParse(name.AsSpan("cuda:".Length), NumberStyles.None, CultureInfo.InvariantCulture, out _);
        if (isCuda || name is "auto" or "host" or "simt" or "cuda") return;
        result.AddError($"unknown device '{name}'; expected auto, host, simt or cuda:N");
    }
}
