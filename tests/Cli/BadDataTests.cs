using System.Diagnostics;
using System.Runtime.Versioning;
using GenKernels.Cli;

namespace GenKernels.Tests.Cli;

/// <summary>Data sets that cannot be trained on are rejected before a run begins, and nothing is written.</summary>
[SupportedOSPlatform("linux")]
public sealed class BadDataTests
{
    private TemporaryFolder _folder = null!;

    private string Data => _folder.File("data");

    private string Run => _folder.File("run");

    private string Place => _folder.File("data/0036x0064");

    [SetUp]
    public void MakeFolder() => _folder = new TemporaryFolder();

    [TearDown]
    public void RemoveFolder() => _folder.Dispose();

    [Test]
    public void AMissingDataSetIsNamed()
    {
        Refuses($"{Data}: no such data set");
        CommandRun.Refuses($"{Data}: no such data set", ExitCode.Failure, "dataset", "inspect", Data);
        CommandRun.Refuses(
            $"{Data}: no such folder of videos", ExitCode.Failure, "dataset", "from-videos", Data, _folder.File("out"));
    }

    [Test]
    public void AnEmptyDataSetSaysWhatItNeeds()
    {
        Directory.CreateDirectory(Data);
        Refuses($"{Data}: no data set found; expected a folder 0036x0064 of zip files");
        Directory.CreateDirectory(Place);
        Refuses($"{Place}: the data set has no zip files");
    }

    [Test]
    public void AFileInPlaceOfADataSetIsNamed()
    {
        File.WriteAllText(Data, "");
        Refuses($"{Data}: no such data set");
    }

    [Test]
    public void AZipThatMayNotBeReadIsNamed()
    {
        string zip = SmallTraining.WriteDataset(Data);
        File.SetUnixFileMode(zip, UnixFileMode.None);
        CommandRun run = CommandProcess.RunWithoutPrivilege(SmallTraining.New(Data, Run));
        Assert.That(run.Status, Is.EqualTo(ExitCode.Failure));
        Assert.That(
            run.Error.TrimEnd(),
            Is.EqualTo($"gk: {zip}: cannot be opened: Access to the path '{zip}' is denied."));
    }

    [Test]
    public void ALinkToNothingIsNamed()
    {
        Directory.CreateDirectory(Place);
        File.CreateSymbolicLink(Path.Combine(Place, "partition_0000.zip"), _folder.File("gone.zip"));
        Refuses($"partition_0000.zip: links to {_folder.File("gone.zip")}, which is no file");
    }

    [Test]
    public void VideosShorterThanAClipAreRefusedWithBothLengths()
    {
        SmallTraining.WriteDataset(Data, frameCount: 15);
        Refuses($"{Place}: videos must have at least 16 frames; the longest, ramp, has 15");
    }

    [TestCase(0, "is empty, or not a regular file")]
    [TestCase(5000, "truncated or not a zip: the directory at the end is missing")]
    public void AZipThatIsCutShortIsNamed(int length, string message)
    {
        string zip = SmallTraining.WriteDataset(Data);
        File.WriteAllBytes(zip, File.ReadAllBytes(zip)[..length]);
        Refuses($"{zip}: {message}");
    }

    [Test]
    public void APipeIsNotWaitedFor()
    {
        string zip = SmallTraining.WriteDataset(Data);
        File.Delete(zip);
        using (Process mkfifo = Process.Start("mkfifo", zip)) mkfifo.WaitForExit();
        Refuses($"{zip}: is empty, or not a regular file");
        CommandRun.Refuses(
            $"{zip}: is empty, or not a regular file", ExitCode.Failure, "generate", "video", "--checkpoint", zip,
            "--frames", "1", "--out", _folder.File("video.mp4"));
    }

    [TestCase("{", "not a data set manifest")]
    [TestCase("null", "is empty")]
    [TestCase("{\"version\":2,\"videos\":[]}", "expected manifest version 1, got 2")]
    [TestCase("{\"version\":1}", "has no videos")]
    [TestCase("{\"version\":1,\"videos\":[null]}", "one of its videos is null")]
    [TestCase("{\"version\":1,\"videos\":[{}]}", "one of its videos has no name")]
    [TestCase("{\"version\":1,\"videos\":[{\"name\":\"a\"},{\"name\":\"a\"}]}", "two of its videos are named a")]
    public void ADamagedManifestIsNamed(string text, string message)
    {
        SmallTraining.WriteDataset(Data);
        string manifest = Path.Combine(Place, "dataset.json");
        File.WriteAllText(manifest, text);
        Refuses($"{manifest}: {message}");
    }

    [Test]
    public void MoreClipsThanThereIsRoomForAreRefused()
    {
        SmallTraining.WriteDataset(Data, frameCount: 130);
        CommandRun.Refuses(
            "4096 clips of 128 frames at a time need 43.5 GB, but at most", ExitCode.Failure, "train",
            "long-video-lowres", "--data", Data, "--out", Run, "--device", "host", "--batch", "4096", "--preset",
            "paper");
    }

    [Test]
    public void AFrameThatIsDamagedEndsTheRunAndNamesZipAndEntry()
    {
        string zip = SmallTraining.WriteDataset(Data, frameCount: 16);
        byte[] bytes = File.ReadAllBytes(zip);
        int second = bytes.AsSpan(100).IndexOf("frame_000001.jpg"u8) + 100;
        bytes[second + 300] ^= 0x55;
        File.WriteAllBytes(zip, bytes);
        CommandRun run = CommandRun.Of(SmallTraining.New(Data, Run, "--steps", "1"));
        Assert.That(run.Status, Is.EqualTo(ExitCode.Failure));
        Assert.That(run.Error, Does.Contain("failed after step 0; pass --resume to continue from"));
        Assert.That(run.Error.TrimEnd().Split('\n')[^1], Is.EqualTo(
            $"gk: {zip}: damaged: the content of entry ramp/frame_000001.jpg does not match its checksum"));

        // With an intact data set the run resumes.
        SmallTraining.WriteDataset(_folder.File("whole"));
        CommandRun again = CommandRun.Of(SmallTraining.Resumed(_folder.File("whole"), Run, "--steps", "1"));
        Assert.That(again.Status, Is.EqualTo(ExitCode.Success), again.Error);
    }

    private void Refuses(string text)
    {
        CommandRun.Refuses(text, ExitCode.Failure, SmallTraining.New(Data, Run));
        bool isFree = !Directory.Exists(Run) || Directory.GetFiles(Run).All(file => new FileInfo(file).Length == 0);
        Assert.That(isFree, "no run has begun");
    }
}
