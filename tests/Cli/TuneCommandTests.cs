using System.Text.Json;
using GenKernels.Cli;

namespace GenKernels.Tests.Cli;

public sealed class TuneCommandTests
{
    private static readonly string[] s_step =
        ["tune", "long-video-lowres", "--preset", "tiny", "--phase", "penalty", "--device", "host"];

    private TemporaryFolder _cache = null!;

    [SetUp]
    public void MakeACache() => _cache = new TemporaryFolder();

    [TearDown]
    public void RemoveTheCache() => _cache.Dispose();

    [Test]
    public void HelpHasExamples([Values("long-video-lowres", "list")] string name) =>
        Assert.That(
            CommandRun.Of("tune", name, "--help").Output, Does.Contain("Examples:").And.Contain("--out <file>"));

    [Test]
    public void AStepIsMeasuredOnceThenListedAndShipped()
    {
        string exported = _cache.File("exported.json");
        CommandRun first = Run([.. s_step, "--json", "--out", exported]);
        Assert.That(first.Status, Is.Zero, first.Error);
        JsonElement result = JsonDocument.Parse(first.Output).RootElement;
        JsonElement[] choices = [.. result.GetProperty("choices").EnumerateArray()];
        Assert.That(choices, Has.Length.GreaterThan(5));
        Assert.That(result.GetProperty("measured").GetInt32(), Is.EqualTo(choices.Length));
        Assert.That(
            choices.Select(choice => choice.GetProperty("shape").GetString()!.Split(',')[0]).Distinct(),
            Is.EquivalentTo(new[] { "DataGradient", "Forward", "WeightGradient" }));
        Assert.That(choices.Select(choice => choice.GetProperty("microseconds").GetDouble()), Is.All.Positive);
        Assert.That(
            choices.Select(choice => choice.GetProperty("algorithms")[0].GetProperty("microseconds").GetDouble()),
            Is.All.Positive, "every algorithm has its time");
        Assert.That(File.Exists(result.GetProperty("table").GetString()));

        CommandRun list = Run("tune", "list", "--device", "host", "--json");
        Assert.That(
            JsonDocument.Parse(list.Output).RootElement.GetProperty("choices").GetRawText(),
            Is.EqualTo(result.GetProperty("choices").GetRawText()));
        Assert.That(
            JsonDocument.Parse(File.ReadAllText(exported)).RootElement.GetProperty("choices").GetArrayLength(),
            Is.EqualTo(choices.Length));

        CommandRun second = Run(s_step);
        Assert.That(second.Output, Does.Contain("speedup").And.Contain($"{choices.Length} choices, "));
        Assert.That(second.Output, Does.Contain(", 0 measured now; saved in "));
    }

    [Test]
    public void APlaceThatCannotBeIsToldBeforeAnythingIsMeasured()
    {
        CommandRun run = CommandRun.Of([.. s_step, "--out", _cache.File("nowhere/table.json")]);
        Assert.That(run.Status, Is.EqualTo(ExitCode.Failure));
        Assert.That(run.Error, Does.Contain("nowhere does not exist"));
    }

    [Test]
    public void AnotherWordInTheEnvironmentIsToldInOneLine()
    {
        using CommandProcess process =
            CommandProcess.Start(["GENKERNELS_TUNE=often"], "tune", "list", "--device", "host");
        CommandRun run = process.Result();
        Assert.That(run.Status, Is.EqualTo(ExitCode.Failure));
        Assert.That(run.Error, Is.EqualTo("gk: GENKERNELS_TUNE must be measure, known or off, got \"often\"\n"));
    }

    [TestCase("measure", "Measure")]
    [TestCase("known", "Known")]
    [TestCase("off", "Off")]
    public void TheEnvironmentIsHeard(string word, string policy)
    {
        Environment.SetEnvironmentVariable("GENKERNELS_TUNE", word);
        try
        {
            using HostDevice device = new();
            Assert.That($"{device.Tuner.Policy}", Is.EqualTo(policy));
        }
        finally
        {
            Environment.SetEnvironmentVariable("GENKERNELS_TUNE", "off");
        }
    }

    private CommandRun Run(params string[] arguments)
    {
        using CommandProcess process = CommandProcess.Start([$"GENKERNELS_CACHE={_cache.Path}"], arguments);
        return process.Result();
    }
}
