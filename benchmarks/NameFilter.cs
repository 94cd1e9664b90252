namespace GenKernels.Benchmarks;

/// <summary>Texts of which a name must have one, with <c>|</c> between them; no text takes every name.</summary>
internal sealed class NameFilter(string texts)
{
    private readonly string[] _texts = texts.Split('|', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>The same as patterns; a text with a star is a pattern already.</summary>
    internal IEnumerable<string> Patterns => _texts.Select(text => text.Contains('*') ? text : $"*{text}*");

    /// <returns>Whether the name has one of the texts.</returns>
    internal bool Takes(string name) =>
        _texts.Length == 0 || _texts.Any(text => name.Contains(text, StringComparison.OrdinalIgnoreCase));
}
