using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Numerics;

namespace GenKernels.Cli;

/// <summary>Bounds of options, checked before a command starts.</summary>
internal static class Validation
{
    /// <returns>The option, which rejects anything but an integer from 1 to the bound.</returns>
    internal static Option<int> Positive(this Option<int> option, int most = int.MaxValue) =>
        Whole(option, least: 1, most);

    /// <inheritdoc cref="Positive(Option{int}, int)"/>
    internal static Option<int?> Positive(this Option<int?> option, int most = int.MaxValue) =>
        Whole(option, least: 1, most);

    /// <returns>The option, which rejects anything but an integer from 0 to the bound.</returns>
    internal static Option<int> NotNegative(this Option<int> option, int most) => Whole(option, least: 0, most);

    /// <returns>The option, which rejects anything but an integer.</returns>
    internal static Option<long> Any(this Option<long> option) => Whole(option, long.MinValue, long.MaxValue);

    /// <returns>The option, which rejects anything but a number from 0 to the bound.</returns>
    internal static Option<double> NotNegative(this Option<double> option, double most) =>
        Real(option, value => value >= 0, "must not be negative", most);

    /// <returns>The option, which rejects anything but a number within the bounds.</returns>
    internal static Option<double> AtLeast(this Option<double> option, double least, double most) =>
        Real(option, value => value >= least, $"must be at least {least}", most);

    /// <returns>The option, which rejects anything but a number above 0 and up to the bound.</returns>
    internal static Option<T> MoreThanZero<T>(this Option<T> option, double most) =>
        Real(option, value => value > 0, "must be more than 0", most);

    /// <returns>The error message for an empty argument on a command line, or null if there is none.</returns>
    internal static string? EmptyArgument(CommandResult command)
    {
        SymbolResult? empty = command.Children.FirstOrDefault(child => child.Tokens.Any(token => token.Value == ""));
        return empty switch
        {
            OptionResult result => $"{result.Option.Name} must not be empty",
            ArgumentResult result => $"{result.Argument.Name} must not be empty",
            _ => null,
        };
    }

    private static Option<T> Whole<T>(Option<T> option, long least, long most) => Check(option, text =>
    {
        const NumberStyles Style = NumberStyles.AllowLeadingSign;
        bool isNumber = BigInteger.TryParse(text, Style, CultureInfo.InvariantCulture, out BigInteger value);
        if (!isNumber) return $"needs a whole number, got '{text}'";
        if (value < least) return $"must be at least {least}";
        return value > most ? $"must be at most {most}" : null;
    });

    private static Option<T> Real<T>(Option<T> option, Func<double, bool> isEnough, string low, double most) =>
        Check(option, text =>
        {
            bool isNumber = double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value);
            if (!isNumber) return $"needs a number, got '{text}'";
            if (!isEnough(value)) return low;
            return value > most ? string.Create(CultureInfo.InvariantCulture, $"must be at most {most}") : null;
        });

    /// <summary>Checks the token's text: asked for a number that cannot be parsed, the parser throws.</summary>
    private static Option<T> Check<T>(Option<T> option, Func<string, string?> fault)
    {
        option.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1 && fault(result.Tokens[0].Value) is { } what)
            {
                result.AddError($"{option.Name} {what}");
            }
        });
        return option;
    }
}
