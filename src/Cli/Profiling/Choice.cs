using System.CommandLine;

namespace GenKernels.Cli.Profiling;

/// <summary>Options whose value is one of a few words.</summary>
internal static class Choice
{
    /// <param name="name">Name of the option.</param>
    /// <param name="description">Description without the words, which are appended.</param>
    /// <param name="byDefault">The default word.</param>
    /// <param name="words">The allowed words.</param>
    internal static Option<string> Create(string name, string description, string byDefault, params string[] words)
    {
        string all = string.Join(", ", words);
        Option<string> option = new(name)
        {
            Description = $"{description}: {all}",
            HelpName = "word",
            DefaultValueFactory = _ => byDefault,
        };
        option.Validators.Add(result =>
        {
            string word = result.GetValueOrDefault<string>() ?? "";
            if (!words.Contains(word)) result.AddError($"{name} must be one of {all}, got '{word}'");
        });
        return option;
    }
}
