using System.Runtime.Versioning;
using GenKernels.Cli;
using GenKernels.Tests.Train.Video;
using GenKernels.Train.LongVideo;
using GenKernels.Train.Runs;

namespace GenKernels.Tests.Cli;

/// <summary>On a full disk: one line that names the file, and nothing half-written.</summary>
[SupportedOSPlatform("linux")]
public sealed class FullDiskTests
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

    /// <remarks>A checkpoint of preset tiny takes 13 MB, and the disk holds two.</remarks>
    [Test]
    public void ACheckpointThatDoesNotFitLeavesTheOneBefore()
    {
        using SmallDisk disk = new(kilobytes: 33_000);
        SmallTraining.Copy(Run, disk.File("run"));
        CommandRun run = CommandRun.Of(SmallTraining.Resumed(Data, disk.File("run"), "--steps", "2"));
        Assert.That(run.Status, Is.EqualTo(ExitCode.Failure));
        string whole = disk.File("run/checkpoint-00000001");
        Assert.That(run.Error, Does.Contain($"failed after step 2; pass --resume to continue from {whole}"));
        string last = run.Error.TrimEnd().Split('\n')[^1];
        Assert.That(last, Does.StartWith($"gk: cannot write {disk.File("run/checkpoint-00000002.partial/")}"));
        Assert.That(last, Does.EndWith(": No space left on device"));
        Assert.That(
            Directory.GetDirectories(disk.File("run"), "checkpoint-*"),
            Is.EquivalentTo((string[])[disk.File("run/checkpoint-00000000"), whole]));
        AssertSameAsBefore(whole);
    }

    [Test]
    public void ALogThatDoesNotFitEndsWithAWholeLine()
    {
        using SmallDisk disk = new(kilobytes: 64);
        string path = disk.File("log.jsonl");
        using (MetricLog log = MetricLog.Create(path))
        {
            Assert.That(
                () =>
                {
                    for (int step = 0; step < 10_000; step++) log.Write(step, [new("loss", step / 3.0)]);
                },
                Throws.InstanceOf<IOException>().With.Message.Contains("No space left on device"));
        }

        Assert.That(File.ReadAllText(path), Does.EndWith("}\n"));
        Assert.That(MetricLog.Read(path), Has.Count.GreaterThan(100));
    }

    [Test]
    public void AFilePastTheLimitOfItsSizeIsToldAndLeavesNothing()
    {
        string run = _folder.File("limited");
        CommandRun result = CommandProcess.RunWithSmallFiles(kilobytes: 200, SmallTraining.New(Data, run));
        Assert.That(result.Status, Is.EqualTo(ExitCode.Failure), result.Error);
        Assert.That(
            result.Error.TrimEnd(),
            Is.EqualTo("gk: a file would exceed the file size limit (see 'ulimit -f')"));
        Assert.That(Directory.GetFileSystemEntries(run), Is.EqualTo((string[])[Path.Combine(run, "run.lock")]));
    }

    [Test]
    public void ARunThatCannotEvenBeginLeavesNoProcessId()
    {
        using SmallDisk disk = new(kilobytes: 16);
        Fill(disk, "fill");
        CommandRun.Refuses("No space left on device", ExitCode.Failure, SmallTraining.New(Data, disk.File("run")));
        Assert.That(disk.Files(), Does.Not.Contain(Path.Combine("run", RunFolder.ProcessName)));
    }

    /// <remarks>The decoded frames of the clip fit, together with half of the zip.</remarks>
    [Test]
    public void ADataSetThatDoesNotFitLeavesNothing([Values(1000, 2600)] int kilobytes)
    {
        string clips = Directory.CreateDirectory(_folder.File($"clips-{kilobytes}")).FullName;
        File.Copy(Assets.Coast, Path.Combine(clips, "coast.mp4"));
        using SmallDisk disk = new(kilobytes);
        CommandRun.Refuses(
            "No space left on device", ExitCode.Failure, "dataset", "from-videos", clips, disk.File("data"));
        Assert.That(disk.Files(), Is.Empty);
    }

    [TestCase("video.mp4")]
    [TestCase("video.webp")]
    [TestCase("frames")]
    public void AVideoThatDoesNotFitLeavesNothing(string name)
    {
        using SmallDisk disk = new(kilobytes: 16);
        Fill(disk, "fill");
        CommandRun.BreaksOff("No space left on device", ExitCode.Failure, Generate(disk.File(name)));
        Assert.That(disk.Files(), Is.EqualTo((string[])["fill"]));
    }

    [Test]
    public void AFolderThatMayNotBeWrittenIsNamed()
    {
        using SmallDisk disk = new(kilobytes: 40_000);
        SmallTraining.Copy(Run, disk.File("run"));
        disk.MakeReadOnly();
        string[] files = disk.Files();
        Refuses(disk.File("new"), SmallTraining.New(Data, disk.File("new")));
        Refuses(disk.File("run/run.lock"), SmallTraining.Resumed(Data, disk.File("run"), "--steps", "2"));
        foreach (string name in (string[])["video.mp4", "video.webp", "frames"])
        {
            CommandRun.BreaksOff("Read-only file system", ExitCode.Failure, Generate(disk.File(name)));
        }

        Refuses(disk.File("data"), "dataset", "from-videos", Path.GetDirectoryName(Assets.Coast)!, disk.File("data"));
        Refuses(disk.File("demo"), "demo", "--out", disk.File("demo"), "--device", "host", "--steps", "1");
        Assert.That(disk.Files(), Is.EqualTo(files));
    }

    [Test]
    public void AFolderWithoutTheRightToWriteIsNamed()
    {
        string folder = Directory.CreateDirectory(_folder.File("closed")).FullName;
        File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        CommandRun run = CommandProcess.RunWithoutPrivilege(SmallTraining.New(Data, Path.Combine(folder, "run")));
        Assert.That(run.Status, Is.EqualTo(ExitCode.Failure));
        Assert.That(run.Error.TrimEnd(), Is.EqualTo($"gk: Access to the path '{folder}/run' is denied."));
    }

    private static void Refuses(string path, params string[] arguments)
    {
        CommandRun.Refuses(path, ExitCode.Failure, arguments);
        Assert.That(CommandRun.Of(arguments).Error, Does.Contain("Read-only file system"));
    }

    private static void Fill(SmallDisk disk, string name)
    {
        using FileStream stream = File.Create(disk.File(name), bufferSize: 0);
        byte[] page = new byte[4096];
        Assert.That(
            () =>
            {
                while (true) stream.Write(page);
            },
            Throws.InstanceOf<IOException>());
    }

    private string[] Generate(string path) =>
    [
        "generate", "video", "--checkpoint", Run, "--frames", "64", "--scale", "4", "--out", path, "--device", "host",
    ];

    private void AssertSameAsBefore(string checkpoint)
    {
        string expected = LowResolutionCheckpoint.Newest(Run)!;
        foreach (string file in Directory.GetFiles(expected))
        {
            byte[] bytes = File.ReadAllBytes(Path.Combine(checkpoint, Path.GetFileName(file)));
            Assert.That(bytes.AsSpan().SequenceEqual(File.ReadAllBytes(file)), file);
        }
    }
}
