using System.CommandLine;

namespace GenKernels.Cli;

/// <summary>Bounds of options, told before a command starts.</summary>
internal static class Validation
{
    /// <returns>The option, which refuses what is less than 1.</returns>
    internal static Option<int> Positive(this Option<int> option)
    {
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() < 1) result.AddError($"{option.Name} must be at least 1");
        });
        return option;
    }

    /// <returns>The option, which refuses what is negative or no number.</returns>
    internal static Option<double> NotNegative(this Option<double> option)
    {
        option.Validators.Add(result =>
        {
            if (!(result.GetValueOrDefault<double>() >= 0)) result.AddError($"{option.Name} must not be negative");
        });
        return option;
    }
}
