using System.CommandLine;
using GenKernels.Runtime;

namespace GenKernels.Cli;

/// <summary>The option for the precision that networks compute in.</summary>
internal static class PrecisionOption
{
    internal static Option<string> Create()
    {
        Option<string> option = new("--precision")
        {
            Description = $"Precision of the networks: {Precision.Names}",
            HelpName = "name",
            DefaultValueFactory = _ => Precision.Fp32.Name,
        };
        option.Validators.Add(result =>
        {
            string name = result.GetValueOrDefault<string>() ?? "";
            if (Precision.Find(name) is null)
            {
                result.AddError($"unknown precision '{name}'; expected one of {Precision.Names}");
            }
        });
        return option;
    }

    /// <returns>The named precision, or the default.</returns>
    internal static Precision Read(ParseResult result, Option<string> option) =>
        Precision.Find(result.GetRequiredValue(option))!;
}
