using System.Text.Json;
using GenKernels.Cli;
using GenKernels.Tests.Train.Verification;

namespace GenKernels.Tests.Cli;

public sealed class CheckpointInspectCommandTests
{
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void WriteACheckpoint()
    {
        _folder = new TemporaryFolder();
        CaseFiles.Write(
            _folder.File("a.safetensors"), "[1]",
            ("G.layer.weight", [2, 3], new float[6]), ("G.layer.bias", [2], new float[2]), ("D.weight", [], [1]));
    }

    [TearDown]
    public void RemoveTheFolder() => _folder.Dispose();

    [TestCase(1, "G 8, D 1")]
    [TestCase(2, "G.layer 8, D.weight 1")]
    public async Task ElementsAreCountedByPrefix(int depth, string expected)
    {
        CommandLineRun run = await CommandLineRun.Of(
            "checkpoint", "inspect", _folder.File("a.safetensors"), "--depth", $"{depth}", "--json");
        Assert.That(run.Status, Is.EqualTo(ExitCode.Success), run.Error);
        IEnumerable<string> counts = run.Json.GetProperty("prefixes").EnumerateArray()
            .Select(count => $"{count.GetProperty("prefix").GetString()} {count.GetProperty("elements").GetInt64()}");
        Assert.That(counts, Is.EquivalentTo(expected.Split(", ")));
        Assert.That(run.Json.GetProperty("elements").GetInt64(), Is.EqualTo(9));
        Assert.That(run.Json.GetProperty("metadata").GetProperty("config").GetString(), Is.EqualTo("[1]"));
        JsonElement weight = run.Json.GetProperty("tensors").EnumerateArray()
            .Single(tensor => tensor.GetProperty("name").GetString() == "G.layer.weight");
        Assert.That(weight.GetProperty("type").GetString(), Is.EqualTo("float32"));
        Assert.That($"{weight.GetProperty("shape")[0]} {weight.GetProperty("shape")[1]}", Is.EqualTo("2 3"));
    }

    [Test]
    public async Task PeopleReadItAsText()
    {
        CommandLineRun run = await CommandLineRun.Of("checkpoint", "inspect", _folder.File("a.safetensors"));
        Assert.That(run.Output, Does.Contain("3 tensors, 9 elements"));
        Assert.That(run.Output, Does.Contain("G.layer.weight").And.Contain("[2, 3]"));
    }

    [Test]
    public async Task WhatIsNoCheckpointIsBadInput()
    {
        await File.WriteAllTextAsync(_folder.File("b.safetensors"), "nothing of the kind");
        CommandLineRun run = await CommandLineRun.Of("checkpoint", "inspect", _folder.File("b.safetensors"));
        Assert.That(run.Status, Is.EqualTo(ExitCode.Failure));
        Assert.That(run.Error, Does.Contain("b.safetensors: the header length is"));
    }
}
