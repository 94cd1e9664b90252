using System.CommandLine;
using GenKernels.Models.LongVideo;

namespace GenKernels.Cli.Training;

/// <summary>The option that names the sizes of the networks.</summary>
internal static class PresetOption
{
    private static string Names => string.Join(", ", LowResolutionPreset.All.Select(preset => preset.Name));

    /// <param name="byDefault">The preset if none is named.</param>
    internal static Option<string> Create(string byDefault)
    {
        Option<string> option = new("--preset")
        {
            Description = $"Network sizes: {Names}",
            HelpName = "name",
            DefaultValueFactory = _ => byDefault,
        };
        option.Validators.Add(result =>
        {
            string name = result.GetValueOrDefault<string>() ?? "";
            if (Find(name) is null) result.AddError($"unknown preset '{name}'; expected one of {Names}");
        });
        return option;
    }

    /// <returns>The preset of that name, or null.</returns>
    internal static LowResolutionPreset? Find(string name) =>
        LowResolutionPreset.All.FirstOrDefault(preset => preset.Name == name);
}
