using System.Text.RegularExpressions;

namespace GenKernels.Tests.Structure;

/// <summary>
/// The tables in <c>src/Models/README.md</c> (equation or figure, file, symbol, test) match the source.
/// </summary>
public sealed partial class ChapterMapTests
{
    private const string Map = "src/Models/README.md";
    private const string Header = "| thesis | file | symbol | test |";

    /// <summary>The cells of every row of the map's tables.</summary>
    private static IEnumerable<string[]> Rows => Repository.Lines(Map)
        .Where(line => line.StartsWith('|') && line != Header && !Rule().IsMatch(line))
        .Select(line => line.Trim('|').Split('|', StringSplitOptions.TrimEntries));

    [Test]
    public void TheMapHasItsTable() => Assert.That(Repository.Lines(Map), Does.Contain(Header));

    [Test]
    public void EveryRowHasFourCells() =>
        Assert.That(Rows.Where(cells => cells.Length != 4).Select(cells => string.Join(" | ", cells)), Is.Empty);

    [Test]
    public void EveryPathExists()
    {
        IEnumerable<string> missing = Rows.SelectMany(cells => new[] { cells[1], cells[3] })
            .Select(Plain).Where(path => !Repository.Exists(path));
        Assert.That(missing, Is.Empty);
    }

    /// <summary>Every name of a symbol such as <c>Type.Member(…)</c> must occur in the file.</summary>
    [Test]
    public void EverySymbolIsInItsFile()
    {
        IEnumerable<string> missing = from cells in Rows
                                      let file = Plain(cells[1])
                                      where Repository.Exists(file)
                                      let words = Words(Repository.Read(file))
                                      from name in Words(cells[2])
                                      where !words.Contains(name)
                                      select $"{name} is not in {file}";
        Assert.That(missing, Is.Empty);
    }

    [Test]
    public void EveryChapterFolderIsInTheMap()
    {
        string map = Repository.Read(Map);
        IEnumerable<string> folders = Repository.FilesBelow("src/Models", ".cs")
            .Select(file => file.Split('/')).Where(parts => parts.Length > 3).Select(parts => parts[2]).Distinct();
        Assert.That(folders.Where(folder => !map.Contains($"`{folder}/`", StringComparison.Ordinal)), Is.Empty);
    }

    private static HashSet<string> Words(string text) => [.. Word().Matches(text).Select(word => word.Value)];

    private static string Plain(string cell) => cell.Trim('`');

    [GeneratedRegex(@"^[|\s:-]+$")]
    private static partial Regex Rule();

    [GeneratedRegex("[A-Za-z_][A-Za-z0-9_]*")]
    private static partial Regex Word();
}
