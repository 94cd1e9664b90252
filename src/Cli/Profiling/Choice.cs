using System.CommandLine;

namespace GenKernels.Cli.Profiling;

/// <summary>Options that take one of a few words.</summary>
internal static class Choice
{
    /// <param name="name">Of the option.</param>
    /// <param name="description">Without the words, which are told after it.</param>
    /// <param name="byDefault">When none is given.</param>
    /// <param name="words">What may be given.</param>
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
            if (!words.Contains(word)) result.AddError($"{name} is {all}, not '{word}'");
        });
        return option;
    }
}
