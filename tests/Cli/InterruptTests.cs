using System.Globalization;
using GenKernels.Cli;
using GenKernels.Models.LongVideo;
using GenKernels.Tests.Train.Video;
using GenKernels.Train.LongVideo;

namespace GenKernels.Tests.Cli;

/// <summary>Ctrl-C and a request to terminate, sent to working processes.</summary>
public sealed class InterruptTests
{
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = new TemporaryFolder();

    [TearDown]
    public void RemoveFolder() => _folder.Dispose();

    [TestCase("INT")]
    [TestCase("TERM")]
    public void ATrainingEndsWithACheckpointAndSaysHowToGoOn(string signal)
    {
        (string data, string run) = (_folder.File("data"), _folder.File("run"));
        SmallTraining.WriteDataset(data);
        string[] arguments = SmallTraining.New(data, run, "--log-every", "1");
        using CommandProcess process = CommandProcess.Start([], arguments);
        FileInfo log = new(Path.Combine(run, "log.jsonl"));
        process.WaitUntil(() => new FileInfo(log.FullName) is { Exists: true, Length: > 0 }, "the first step");
        process.Signal(signal);
        CommandRun result = process.Result();
        Assert.That(result.Status, Is.EqualTo(ExitCode.Interrupted), result.Error);
        string newest = LowResolutionCheckpoint.Newest(run)!;
        long step = LowResolutionCheckpoint.Read(newest).Step;
        string expected = string.Create(
            CultureInfo.InvariantCulture, $"stopped after step {step}: {newest}; pass --resume to continue");
        Assert.That(result.Output.Trim(), Is.EqualTo(expected));
        Assert.That(Directory.GetFileSystemEntries(run, "*.partial"), Is.Empty);

        using HostDevice device = new();
        using LowResolutionGan gan = new(LowResolutionPreset.Tiny, new LowResolutionTrainingOptions(), device);
        LowResolutionCheckpoint.Restore(newest, gan);
    }

    [Test]
    public void ASecondInterruptKillsATraining()
    {
        const int Killed = 128 + 9;
        (string data, string run) = (_folder.File("data"), _folder.File("run"));
        SmallTraining.WriteDataset(data);
        string[] arguments = SmallTraining.New(data, run, "--log-every", "1");
        arguments[Array.IndexOf(arguments, "--batch") + 1] = "32";  // a step takes seconds
        using CommandProcess process = CommandProcess.Start([], arguments);
        FileInfo log = new(Path.Combine(run, "log.jsonl"));
        process.WaitUntil(() => new FileInfo(log.FullName) is { Exists: true, Length: > 0 }, "the first step");
        process.Signal("INT");
        process.WaitForError(
            "gk: stopping after this step, with a checkpoint; a second Ctrl-C kills the program, without");
        process.Signal("INT");
        CommandRun result = process.Result();
        Assert.That(result.Status, Is.EqualTo(Killed), result.Error);
        Assert.That(LowResolutionCheckpoint.Newest(run), Does.EndWith("checkpoint-00000000"));
    }

    [TestCase("INT", "video.mp4")]
    [TestCase("TERM", "frames")]
    public void AVideoThatIsNotFinishedIsRemoved(string signal, string name)
    {
        string run = Directory.CreateDirectory(_folder.File("run")).FullName;
        using (HostDevice device = new())
        using (LowResolutionGan gan = new(LowResolutionPreset.Tiny, new LowResolutionTrainingOptions(), device))
        {
            new LowResolutionCheckpoint(0, "tiny", new LowResolutionTrainingOptions(), 0, 0).Save(run, gan);
        }

        string place = Directory.CreateDirectory(_folder.File("out")).FullName;
        Interrupt(signal, place, "generate", "video", "--checkpoint", run, "--frames", "1000000", "--out",
            Path.Combine(place, name), "--device", "host", "--segment", "16");
    }

    [Test]
    public void ADataSetThatIsNotFinishedIsRemoved()
    {
        string clips = Directory.CreateDirectory(_folder.File("clips")).FullName;
        for (int i = 0; i < 50; i++) File.CreateSymbolicLink(Path.Combine(clips, $"{i}.mp4"), Assets.Coast);
        string place = Directory.CreateDirectory(_folder.File("data")).FullName;
        Interrupt("INT", place, "dataset", "from-videos", clips, place);
    }

    [Test]
    public void WhatAKilledDataSetLeavesIsDeletedByTheNext()
    {
        string clips = Directory.CreateDirectory(_folder.File("clips")).FullName;
        File.CreateSymbolicLink(Path.Combine(clips, "coast.mp4"), Assets.Coast);
        string place = _folder.File("data/0036x0064");
        string[] arguments = ["dataset", "from-videos", clips, _folder.File("data")];
        using (CommandProcess process = CommandProcess.Start([], arguments))
        {
            process.WaitUntil(
                () => Directory.Exists(place) && Directory.EnumerateFiles(place, "*", SearchOption.AllDirectories)
                    .Any(file => new FileInfo(file).Length > 0),
                "frames are written");
            process.Signal("KILL");
            process.Result();
        }

        Assert.That(Directory.GetFileSystemEntries(place), Is.Not.Empty);
        CommandRun again = CommandRun.Of(arguments);
        Assert.That(again.Status, Is.EqualTo(ExitCode.Success), again.Error);
        Assert.That(Directory.GetFileSystemEntries(place).Select(Path.GetFileName).Order(),
            Is.EqualTo((string[])["dataset.json", "partition_0000.zip"]));
    }

    /// <summary>Waits for the first sign of work in the folder, which must be gone after the signal.</summary>
    private static void Interrupt(string signal, string place, params string[] arguments)
    {
        using CommandProcess process = CommandProcess.Start([], arguments);
        process.WaitUntil(
            () => Directory.EnumerateFiles(place, "*", SearchOption.AllDirectories)
                .Concat(Directory.EnumerateDirectories(place)).Any(),
            "something is written");
        process.Signal(signal);
        CommandRun result = process.Result();
        Assert.That(result.Status, Is.EqualTo(ExitCode.Interrupted), result.Error);
        Assert.That(result.Error.TrimEnd().Split('\n')[^1], Is.EqualTo("gk: interrupted"));
        Assert.That(Directory.GetFileSystemEntries(place), Is.Empty);
    }
}
