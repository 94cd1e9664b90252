using System.Text.RegularExpressions;

namespace GenKernels.Tests.Structure;

/// <summary>Limits that keep the source small enough to read: lengths, names, and sizes of bundled files.</summary>
public sealed partial class BudgetTests
{
    private const int LongestFile = 400;
    private const int LongestLine = 120;
    private const long Mebibyte = 1 << 20;

    private static IEnumerable<string> Code => new[] { "src", "tests", "benchmarks" }
        .SelectMany(folder => Repository.FilesBelow(folder, ".cs", ".cu", ".cuh", ".cpp", ".py"));

    [Test]
    public void FilesAreShort()
    {
        IEnumerable<string> tooLong = from file in Code
                                      let count = Repository.Lines(file).Length
                                      where count > LongestFile
                                      select $"{file}: {count} lines";
        Assert.That(tooLong, Is.Empty, $"at most {LongestFile} lines");
    }

    [Test]
    public void LinesAreShort()
    {
        IEnumerable<string> tooLong = from file in Code
                                      from line in Repository.Lines(file).Index()
                                      where line.Item.Length > LongestLine
                                      select $"{file}:{line.Index + 1}: {line.Item.Length} columns";
        Assert.That(tooLong, Is.Empty, $"at most {LongestLine} columns");
    }

    [Test]
    public void NamesSayWhatAFileIs() =>
        Assert.That(Code.Where(file => Catchall().IsMatch(Path.GetFileNameWithoutExtension(file))), Is.Empty);

    /// <summary>
    /// A type whose name begins with the file's, such as the extensions of an enumeration, may share the file; so may a
    /// part of a type whose main file is another.
    /// </summary>
    [Test]
    public void AFileHoldsOneType()
    {
        HashSet<string> ownFiles = [.. Code.Select(file => Path.GetFileNameWithoutExtension(file))];
        IEnumerable<string> crowded = from file in Code
                                      where Path.GetExtension(file) == ".cs"
                                      let stem = Path.GetFileNameWithoutExtension(file).Split('.')[0]
                                      from Match type in TypeDeclaration().Matches(Repository.Read(file))
                                      let name = type.Groups[1].Value
                                      where !name.StartsWith(stem, StringComparison.Ordinal) && !ownFiles.Contains(name)
                                      select $"{file} declares {name}";
        Assert.That(crowded, Is.Empty);
    }

    [Test]
    public void WhatIsLeftToDoIsAKnownLimit()
    {
        string known = Repository.Read("CHANGELOG.md");
        IEnumerable<string> unknown = from file in Code
                                      where Path.GetFileName(file) != $"{nameof(BudgetTests)}.cs"
                                      from Match note in LeftToDo().Matches(Repository.Read(file))
                                      let text = note.Groups[1].Value.Trim()
                                      where text.Length == 0 || !known.Contains(text, StringComparison.Ordinal)
                                      select $"{file}: {note.Value.Trim()}";
        Assert.That(unknown, Is.Empty, "each such note repeats a line under \"Known limits\" in CHANGELOG.md");
    }

    [TestCase("", 24)]
    [TestCase("tests/Golden/", 16)]
    [TestCase("assets/", 4)]
    public void WhatIsCarriedAlongIsSmall(string folder, int mebibytes)
    {
        long bytes = Repository.Files.Where(file => file.StartsWith(folder, StringComparison.Ordinal))
            .Sum(file => new FileInfo(Repository.FullPath(file)).Length);
        Assert.That(bytes, Is.LessThanOrEqualTo(mebibytes * Mebibyte));
    }

    [GeneratedRegex("(utils?|helpers?|misc|managers?)$", RegexOptions.IgnoreCase)]
    private static partial Regex Catchall();

    [GeneratedRegex(
        @"^(?:public|internal|file)\s(?:[a-z ]*\s)?(?:class|struct|enum|interface|record)\s([A-Z]\w*)",
        RegexOptions.Multiline)]
    private static partial Regex TypeDeclaration();

    [GeneratedRegex(@"\b(?:TODO|FIXME|HACK|XXX)\b:?(.*)")]
    private static partial Regex LeftToDo();
}
