using System.CommandLine;
using GenKernels.Cli;
using GenKernels.Runtime.Interop;
using GenKernels.Train.Data;
using GenKernels.Train.Video;

namespace GenKernels.Tests.Cli;

public sealed class CommandLineTests
{
    private static IEnumerable<string> CommandNames => Leaves(CommandTree.Create()).Select(leaf => leaf.Name);

    [TestCaseSource(nameof(CommandNames))]
    public async Task EveryCommandHasExamplesThatItUnderstands(string name)
    {
        ExampleCommand command = (ExampleCommand)Leaves(CommandTree.Create()).Single(leaf => leaf.Name == name).Command;
        CommandLineRun help = await CommandLineRun.Of([.. name.Split(' '), "--help"]);
        Assert.That(help.Status, Is.EqualTo(ExitCode.Success));
        Assert.That(command.Description, Is.Not.Empty);
        Assert.That(command.Examples, Is.Not.Empty);
        foreach (string example in command.Examples)
        {
            Assert.That(help.Output, Does.Contain(example));
            Assert.That(example, Does.StartWith($"gk {name}"));
            Assert.That(CommandTree.Create().Parse(example["gk ".Length..]).Errors, Is.Empty, example);
        }
    }

    [TestCase("nonsense", "gk: unknown command or option 'nonsense'; see 'gk --help'")]
    [TestCase(
        "doctor --nonsense", "gk: unknown command or option '--nonsense'; see 'gk doctor --help'")]
    [TestCase("dataset", "gk: required command was not provided; see 'gk dataset --help'")]
    [TestCase(
        "verify x --device gpu",
        "gk: unknown device 'gpu'; expected auto, host, simt or cuda:N; "
        + "see 'gk verify --help'")]
    [TestCase(
        "dataset from-videos a b --height 0",
        "gk: --height must be at least 1; see 'gk dataset from-videos --help'")]
    [TestCase(
        "dataset from-videos a b --trim-end -1",
        "gk: --trim-end must not be negative; see 'gk dataset from-videos --help'")]
    [TestCase(
        "verify x --device cuda:+1",
        "gk: unknown device 'cuda:+1'; expected auto, host, simt or cuda:N; "
        + "see 'gk verify --help'")]
    [TestCase(
        "verify x --device a\nb",
        "gk: unknown device 'a b'; expected auto, host, simt or cuda:N; "
        + "see 'gk verify --help'")]
    [TestCase("@doctor", "gk: unknown command or option '@doctor'; see 'gk --help'")]
    public async Task AWrongLineIsToldInOneLine(string line, string complaint)
    {
        CommandLineRun run = await CommandLineRun.Of(line.Split(' '));
        Assert.That(run.Status, Is.EqualTo(ExitCode.Usage));
        Assert.That(run.Error, Is.EqualTo(complaint + Environment.NewLine));
        Assert.That(run.Output, Is.Empty);
    }

    [Test]
    public async Task BadInputIsToldInOneLine()
    {
        CommandLineRun run = await CommandLineRun.Of("checkpoint", "inspect", "no such file");
        Assert.That(run.Status, Is.EqualTo(ExitCode.Failure));
        Assert.That(run.Error, Does.StartWith("gk: ").And.Contain("no such file"));
        Assert.That(run.Error.Trim().Split('\n'), Has.Length.EqualTo(1));
    }

    [Test]
    public async Task AnAtBelongsToAName()
    {
        CommandLineRun run = await CommandLineRun.Of("checkpoint", "inspect", "@weights.safetensors");
        Assert.That(run.Error, Does.Contain("Could not find file").And.Contain("/@weights.safetensors'"));
    }

    [Test]
    public async Task AFileInPlaceOfAFolderIsNamed()
    {
        using TemporaryFolder folder = new();
        string file = folder.File("file"), below = folder.File("file/run");
        await File.WriteAllTextAsync(file, "");
        CommandLineRun run = await CommandLineRun.Of("demo", "--out", below, "--device", "host");
        Assert.That(run.Error.TrimEnd(), Is.EqualTo($"gk: {below}: expected a folder, but {file} is a file"));
    }

    [Test]
    public async Task TheStackOfAFailureIsShownOnRequest()
    {
        CommandLineRun run = await CommandLineRun.Of("checkpoint", "inspect", "no such file", "--stack-trace");
        Assert.That(run.Error, Does.Contain("FileNotFoundException").And.Contain("   at "));
    }

    [Test]
    public async Task NothingAskedIsAnsweredByTheHelp()
    {
        CommandLineRun run = await CommandLineRun.Of();
        Assert.That(run.Status, Is.EqualTo(ExitCode.Success));
        foreach (Command command in CommandTree.Create().Subcommands)
        {
            Assert.That(run.Output, Does.Contain(command.Name));
        }
    }

    [Test]
    public void WhatInputCausesIsToldWithoutItsType()
    {
        Exception[] failures =
        [
            new ShapeException("one line"), new SafetensorsException("one line"), new DatasetException("one line"),
            new VideoException("one line"), new OutOfDeviceMemoryException("one line"),
            new DeviceUnavailableException("one line"), new LibraryNotFoundException("one line"),
            new IOException("one line"),
            new CommandException("one line"), new AggregateException(new IOException("one line")),
        ];
        foreach (Exception failure in failures)
        {
            Assert.That(Failure.Describe(failure, trace: false), Is.EqualTo("gk: one line"), failure.GetType().Name);
        }
    }

    [Test]
    public void WhatShouldNotHappenIsToldWithItsType() => Assert.That(
        Failure.Describe(new InvalidCastException("this\nand that"), trace: false),
        Is.EqualTo("gk: InvalidCastException: this and that (--stack-trace shows where)"));

    [Test]
    public void OfAKernelThatDoesNotCompileTheLogIsShownButNotTheSource()
    {
        CompilationException failure = new(
            "g++ could not compile a.cu:\na.cu:1: error: no\nThe source, with its own line numbers:\n    1 nonsense\n");
        Assert.That(
            Failure.Describe(failure, trace: false), Is.EqualTo("gk: g++ could not compile a.cu:\na.cu:1: error: no"));
    }

    private static IEnumerable<(string Name, Command Command)> Leaves(Command command, string path = "")
    {
        if (command.Subcommands.Count == 0) yield return (path, command);
        foreach (Command child in command.Subcommands)
        {
            foreach ((string Name, Command Command) leaf in Leaves(child, $"{path} {child.Name}".Trim()))
            {
                yield return leaf;
            }
        }
    }
}
