using System.Text.RegularExpressions;

namespace GenKernels.Tests.Structure;

/// <summary>
/// The source speaks only of the project: not of the machine it was written on or of how the work was organised.
/// </summary>
public sealed partial class ProjectSpeaksOfItselfTests
{
    private static readonly string[] s_textExtensions =
    [
        ".cs", ".cu", ".cuh", ".cpp", ".csproj", ".sln", ".props", ".md", ".json", ".py", ".html", ".editorconfig",
        ".gitignore", "",
    ];

    private static IEnumerable<string> Texts => Repository.Files
        .Where(file => s_textExtensions.Contains(Path.GetExtension(file)) && Path.GetFileName(file) != "LICENSE")
        .Where(file => Path.GetFileName(file) != $"{nameof(ProjectSpeaksOfItselfTests)}.cs");

    [Test]
    public void NoPathOfAMachine() => Assert.That(Find(MachinePath()), Is.Empty);

    [Test]
    public void NoHostOfAPackageRegistry() => Assert.That(Find(RegistryHost()), Is.Empty);

    [Test]
    public void NoWordOfHowTheWorkWasDone() => Assert.That(Find(WorkWords()), Is.Empty);

    private static IEnumerable<string> Find(Regex pattern) =>
        from file in Texts
        from line in Repository.Lines(file).Index()
        let match = pattern.Match(line.Item)
        where match.Success
        select $"{file}:{line.Index + 1}: {match.Value}";

    [GeneratedRegex(@"(?<![\w.])(/work/|/root/|/home/\w|/Users/\w|[A-Z]:\\Users\\)")]
    private static partial Regex MachinePath();

    [GeneratedRegex(
        @"nuget\.org|npmjs\.(org|com)|pypi\.org|pythonhosted|crates\.io|(deb|security|ftp)\.debian\.org"
        + @"|archive\.ubuntu\.com")]
    private static partial Regex RegistryHost();

    // A word is listed only in a context that gives it away: "session" alone may be what a library calls its state.
    [GeneratedRegex(
        @"\b(this|last|next|previous|coding|my) session\b|\bsub-?agents?\b|\bcolleagues?\b|\bworktrees?\b"
        + @"|\b(fixes|closes|see|issue) #\d+|\bBRIEF\.md\b|\b(STYLE|DESIGN|REFERENCE)\.md\b"
        + @"|\bshared/(golden|data|STYLE|DESIGN|REFERENCE|ANCHORS)\b"
        + @"|\b(Claude|Anthropic|ChatGPT|Copilot)\b|\bAI assistants?\b",
        RegexOptions.IgnoreCase)]
    private static partial Regex WorkWords();
}
