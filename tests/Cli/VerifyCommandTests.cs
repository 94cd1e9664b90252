using System.Text.Json;
using GenKernels.Cli;
using GenKernels.Tests.Golden;
using GenKernels.Tests.Train.Verification;

namespace GenKernels.Tests.Cli;

public sealed class VerifyCommandTests
{
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void MakeAFolder() => _folder = new TemporaryFolder();

    [TearDown]
    public void RemoveTheFolder() => _folder.Dispose();

    [Test]
    public async Task AMatchEndsWell()
    {
        CommandLineRun run = await CommandLineRun.Of("verify", GoldenFiles.Path("ops"), "--filter", "bias_act 1");
        Assert.That(run.Status, Is.EqualTo(ExitCode.Success));
        Assert.That(run.Output, Does.Contain("bias_act 12").And.Contain("11 passed, 0 failed, 0 unknown"));
    }

    [Test]
    public async Task AMismatchEndsBadly()
    {
        string original = GoldenFiles.Path("ops/filters.safetensors");
        CaseFiles.CopyDamaged(original, _folder.File("a.safetensors"), "case1.out.f");
        CommandLineRun run = await CommandLineRun.Of("verify", _folder.Path);
        Assert.That(run.Status, Is.EqualTo(ExitCode.Failure));
        Assert.That(run.Output, Does.Contain("FAIL out.f is off by").And.Contain("7 passed, 1 failed, 0 unknown"));
    }

    [Test]
    public async Task WhatIsUnknownEndsBadlyUnlessItMayBeSkipped([Values] bool mayBeSkipped)
    {
        CaseFiles.Write(_folder.File("a.safetensors"), """{"op": "telepathy"}""", ("out.y", [1], [0]));
        string[] line = ["verify", _folder.Path, .. mayBeSkipped ? (string[])["--skip-unknown"] : []];
        CommandLineRun run = await CommandLineRun.Of(line);
        Assert.That(run.Status, Is.EqualTo(mayBeSkipped ? ExitCode.Success : ExitCode.Failure));
        Assert.That(run.Output, Does.Contain("0 passed, 0 failed, 1 unknown"));
    }

    [Test]
    public async Task ProgramsReadJson()
    {
        string file = GoldenFiles.Path("ops/conv.safetensors");
        CommandLineRun run = await CommandLineRun.Of("verify", file, "--filter", "conv 0", "--json");
        Assert.That(run.Json.GetProperty("passed").GetInt32(), Is.EqualTo(1));
        JsonElement first = run.Json.GetProperty("cases")[0];
        Assert.That(first.GetProperty("status").GetString(), Is.EqualTo("passed"));
        Assert.That(first.GetProperty("tolerance").GetProperty("relative").GetDouble(), Is.EqualTo(1e-5));
    }

    [Test]
    public async Task AFilterThatChoosesNothingIsBadInput()
    {
        CommandLineRun run = await CommandLineRun.Of("verify", GoldenFiles.Path("ops"), "--filter", "nothing");
        Assert.That(run.Status, Is.EqualTo(ExitCode.Failure));
        Assert.That(run.Error, Does.EndWith($"no case name contains 'nothing'{Environment.NewLine}"));
    }
}
