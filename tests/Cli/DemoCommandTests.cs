using System.Text.RegularExpressions;
using GenKernels.Cli;

namespace GenKernels.Tests.Cli;

[TestFixture]
public sealed partial class DemoCommandTests
{
    private TemporaryFolder _folder = null!;

    private string Out => _folder.File("demo");

    [SetUp]
    public void MakeFolder() => _folder = new TemporaryFolder();

    [TearDown]
    public void RemoveFolder() => _folder.Dispose();

    [Test]
    public void HelpHasExamples()
    {
        CommandRun run = CommandRun.Of("demo", "--help");
        Assert.That(run.Status, Is.EqualTo(ExitCode.Success));
        Assert.That(run.Output, Does.Contain("--minutes").And.Contains("Examples:").And.Contains("gk demo"));
    }

    [Test]
    public void AReportNeedsNoOtherFileAndReplacesAnEarlierOne()
    {
        Directory.CreateDirectory(Out);
        File.WriteAllText(Path.Combine(Out, "demo.txt"), "");
        File.WriteAllText(Path.Combine(Out, "report.html"), "an earlier one");
        Directory.CreateDirectory(Path.Combine(Out, ".generated.mp4.partial"));

        CommandRun run = CommandRun.Of("demo", "--out", Out, "--steps", "2", "--device", "host", "--seed", "3");
        string path = Path.Combine(Out, "report.html");
        Assert.That(run.Status, Is.EqualTo(ExitCode.Success), run.Error);
        Assert.That(run.Output.Trim(), Is.EqualTo(path));
        string[] expected = ["clip", "dataset", "demo.txt", "generated.mp4", "real.mp4", "report.html", "run"];
        Assert.That(Directory.EnumerateFileSystemEntries(Out).Select(Path.GetFileName).Order(), Is.EqualTo(expected));

        string page = File.ReadAllText(path);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Count(page, "data:image/png;base64,"), Is.EqualTo(32), "16 real frames and 16 generated ones");
            Assert.That(Count(page, "src=\"data:video/mp4;base64,"), Is.EqualTo(2));
            Assert.That(Count(page, "<svg "), Is.EqualTo(2), "losses and colour similarity");
            Assert.That(Count(page, "class=\"series-"), Is.EqualTo(5), "3 losses, 2 videos");
            Assert.That(
                Count(page, "663 frames of 64 x 36"), Is.EqualTo(1), "three times the 221 frames of the clip");
            Assert.That(Count(page, "<dt>Steps</dt><dd>2</dd>"), Is.EqualTo(1));
            Assert.That(Count(page, "<dt>Seed</dt><dd>3</dd>"), Is.EqualTo(1));
            Assert.That(Count(page, "Udacity"), Is.EqualTo(1), "who made the clip");
            Assert.That(Elsewhere().Matches(page).Select(match => match.Value), Is.Empty, "no resource lies elsewhere");
        }
    }

    [Test]
    public void AFolderWithSomethingElseIsLeftAlone()
    {
        Directory.CreateDirectory(Path.Combine(Out, "dataset"));
        Refuses("contains dataset, which is not from a demo", "--out", Out);
        File.WriteAllText(Path.Combine(Out, "demo.txt"), "");
        File.WriteAllText(Path.Combine(Out, "thesis.pdf"), "years of work");
        Refuses("contains thesis.pdf, which is not from a demo", "--out", Out);
        Assert.That(File.ReadAllText(Path.Combine(Out, "thesis.pdf")), Is.EqualTo("years of work"));
    }

    [Test]
    public void AFolderThatAnotherDemoUsesIsRefused()
    {
        Directory.CreateDirectory(Path.Combine(Out, ".real.mp4.partial"));
        File.WriteAllText(Path.Combine(Out, "report.html"), "an earlier one");
        using FileStream? note = FileLock.TryTake(Path.Combine(Out, "demo.txt"));
        Refuses($"{Out} is in use by another 'gk demo'", "--out", Out);
        Assert.That(File.ReadAllText(Path.Combine(Out, "report.html")), Is.EqualTo("an earlier one"));
    }

    [Test]
    public void AMissingClipIsNamed() =>
        Refuses($"{_folder.File("no.mp4")}: no such clip", "--out", Out, "--clip", _folder.File("no.mp4"));

    [TestCase("text.mp4", "moov atom not found")]
    [TestCase("text.doc", "not a video file name; expected one of .avi")]
    public void AClipThatIsNoVideoIsRefusedAndCostsNoEarlierReport(string name, string message)
    {
        Directory.CreateDirectory(Out);
        File.WriteAllText(Path.Combine(Out, "demo.txt"), "");
        File.WriteAllText(Path.Combine(Out, "report.html"), "an earlier one");
        File.WriteAllText(_folder.File(name), "no video at all");
        Refuses(message, "--out", Out, "--clip", _folder.File(name));
        Assert.That(File.ReadAllText(Path.Combine(Out, "report.html")), Is.EqualTo("an earlier one"));
    }

    private static int Count(string page, string part) => page.Split(part).Length - 1;

    private static void Refuses(string text, params string[] more)
    {
        CommandRun run = CommandRun.Of(["demo", "--device", "host", .. more]);
        Assert.That(run.Status, Is.EqualTo(ExitCode.Failure));
        Assert.That(run.Error.TrimEnd().Split('\n')[^1], Does.StartWith("gk: ").And.Contains(text));
    }

    [GeneratedRegex("""(?:src|href)="(?!data:)[^"]*"|@import|url\((?!#)[^)]*\)|<(?:script|link)""")]
    private static partial Regex Elsewhere();
}
