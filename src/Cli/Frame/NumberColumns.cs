using Spectre.Console;

namespace GenKernels.Cli;

/// <summary>The columns of a table that hold numbers.</summary>
internal static class NumberColumns
{
    /// <summary>Adds columns that are aligned to the right.</summary>
    /// <returns>The same table.</returns>
    internal static Table AddNumbers(this Table table, params IEnumerable<string> names)
    {
        foreach (string name in names) table.AddColumn(new TableColumn(name).RightAligned());
        return table;
    }
}
