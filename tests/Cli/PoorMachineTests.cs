using GenKernels.Cli;
using GenKernels.Train.LongVideo;

namespace GenKernels.Tests.Cli;

/// <summary>Machines that lack a compiler or memory.</summary>
public sealed class PoorMachineTests
{
    private TemporaryFolder _folder = null!;

    private string Data => _folder.File("data");

    private string Run => _folder.File("run");

    [OneTimeSetUp]
    public void TrainAStep()
    {
        _folder = new TemporaryFolder();
        SmallTraining.WriteDataset(Data);
        SmallTraining.Train(Data, Run, steps: 1);
    }

    [OneTimeTearDown]
    public void RemoveFolder() => _folder.Dispose();

    [TestCase("PATH=/nowhere", "no C++ compiler found; install g++")]
    [TestCase("GENKERNELS_CXX=/etc/passwd", "the C++ compiler /etc/passwd cannot be started")]
    [TestCase("GENKERNELS_CXX=/nowhere/g++", "GENKERNELS_CXX is set to /nowhere/g++, which does not exist")]
    [TestCase("GENKERNELS_CXX=/bin/false", "/bin/false could not compile")]
    [TestCase("GENKERNELS_CXX=/bin/true", "/bin/true exited with status 0 but wrote nothing")]
    public void WithoutACompilerItSaysWhatToDo(string variable, string message)
    {
        string frames = _folder.File("frames");
        using CommandProcess process = CommandProcess.Start(
            [variable, "CXX=", $"GENKERNELS_CACHE={_folder.File("cache")}"],
            "generate", "video", "--checkpoint", Run, "--frames", "8", "--out", frames, "--device", "host");
        CommandRun run = process.Result();
        Assert.That(run.Status, Is.EqualTo(ExitCode.Failure));
        Assert.That(run.Error, Does.StartWith("gk: ").And.Contains(message));
        Assert.That(run.Error.TrimEnd().Split('\n'), Has.Length.EqualTo(1));
        Assert.That(frames, Does.Not.Exist);
        Assert.That(Directory.Exists(_folder.File("cache")) ? Directory.GetFiles(_folder.File("cache")) : [], Is.Empty);
    }

    [TestCase("GENKERNELS_SANITIZE=lint", "GENKERNELS_SANITIZE must be address, thread or order, got \"lint\"")]
    [TestCase("GENKERNELS_MEMORY=much", "GENKERNELS_MEMORY must be a whole number of megabytes, got \"much\"")]
    [TestCase("GENKERNELS_TUNE=fast", "GENKERNELS_TUNE must be measure, known or off, got \"fast\"")]
    public void AVariableThatMakesNoSenseSaysWhatItTakes(string variable, string message)
    {
        using CommandProcess process = CommandProcess.Start([variable], "tune", "list", "--device", "simt");
        CommandRun run = process.Result();
        Assert.That(run.Status, Is.EqualTo(ExitCode.Failure));
        Assert.That(run.Error.TrimEnd(), Is.EqualTo($"gk: {message}"));
    }

    /// <remarks>The networks and optimizers of preset tiny take some 24 MB, the arena of a step near 30 more.</remarks>
    [Test]
    public void WhereMemoryRunsOutTheHoldersAreNamedAndTheCheckpointStays()
    {
        using CommandProcess process =
            CommandProcess.Start(["GENKERNELS_MEMORY=45"], SmallTraining.Resumed(Data, Run, "--steps", "2"));
        CommandRun run = process.Result();
        Assert.That(run.Status, Is.EqualTo(ExitCode.Failure));
        Assert.That(run.Error, Does.Contain("; pass --resume to continue from " + LowResolutionCheckpoint.Newest(Run)));
        Assert.That(run.Error.TrimEnd().Split('\n')[^1], Does.Match(
            "^gk: host is out of memory: .* MB requested, .* MB in use, limit 45.0 MB; largest holders: "
            + "networks and optimizers .* MB in .* buffers; training step .* MB in .* buffers"));
        CommandRun next = CommandRun.Of(SmallTraining.Resumed(Data, Run, "--steps", "2"));
        Assert.That(next.Output, Does.StartWith("done after step 2"), next.Error);
    }
}
