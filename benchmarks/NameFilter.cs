namespace GenKernels.Benchmarks;

/// <summary>Texts separated by <c>|</c>, one of which a name must contain; without texts, all names match.</summary>
internal sealed class NameFilter(string texts)
{
    private readonly string[] _texts = texts.Split('|', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>The texts as glob patterns; a text with a star is a pattern already.</summary>
    internal IEnumerable<string> Patterns => _texts.Select(text => text.Contains('*') ? text : $"*{text}*");

    /// <inheritdoc/>
    public override string ToString() => texts;

    /// <returns>Whether the name contains one of the texts.</returns>
    internal bool Takes(string name) =>
        _texts.Length == 0 || _texts.Any(text => name.Contains(text, StringComparison.OrdinalIgnoreCase));
}
