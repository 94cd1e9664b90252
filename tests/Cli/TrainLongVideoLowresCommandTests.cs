using GenKernels.Cli;
using GenKernels.Tests.Train.Video;
using GenKernels.Train.Data;
using GenKernels.Train.LongVideo;
using GenKernels.Train.Runs;

namespace GenKernels.Tests.Cli;

[TestFixture]
public sealed class TrainLongVideoLowresCommandTests
{
    private TemporaryFolder _folder = null!;

    private string Data => _folder.File("data");

    private string Out => _folder.File("run");

    [SetUp]
    public void MakeFolder() => _folder = new TemporaryFolder();

    [TearDown]
    public void RemoveFolder() => _folder.Dispose();

    [Test]
    public void HelpHasExamples()
    {
        CommandRun run = CommandRun.Of("train", "long-video-lowres", "--help");
        Assert.That(run.Status, Is.EqualTo(ExitCode.Success));
        Assert.That(run.Output, Does.Contain("--resume").And.Contains("Examples:").And.Contains("--preset tiny"));
    }

    [Test]
    public void AMissingDataSetIsNamed() => Refuses($"{Data}: no such data set", ExitCode.Failure);

    [Test]
    public void AnUnknownPresetIsToldWithThoseThatThereAre() =>
        Refuses("unknown preset 'huge'; expected one of paper, small, tiny", ExitCode.Usage, "--preset", "huge");

    [Test]
    public void ABatchMustDivide() => Refuses(
        "a batch of 4 clips cannot be split into 3 equal parts", ExitCode.Failure,
        "--preset", "tiny", "--accumulate", "3");

    [TestCase("--steps", "0", "--steps must be at least 1")]
    [TestCase("--batch", "-1", "--batch must be at least 1")]
    [TestCase("--minutes", "0", "--minutes must be more than 0")]
    [TestCase("--gamma", "-1", "--gamma must not be negative")]
    public void NumbersHaveBounds(string option, string value, string message) =>
        Refuses(message, ExitCode.Usage, option, value);

    [Test]
    public void ARunThatIsThereIsNotStartedOver()
    {
        Directory.CreateDirectory(Path.Combine(Out, "checkpoint-00000001"));
        Refuses($"{Out} contains a run; pass --resume to continue it", ExitCode.Failure);
    }

    [Test]
    public void ResumingNeedsACheckpoint() =>
        Refuses($"{Out} contains no checkpoint to resume from", ExitCode.Failure, "--resume");

    [Test]
    public void AResumedRunKeepsItsOptions() => Refuses(
        "--batch cannot be changed with --resume", ExitCode.Failure, "--resume", "--batch", "2");

    [Test]
    public void AFolderThatAnotherRunHoldsIsRefused()
    {
        MakeData();
        using RunFolder held = RunFolder.Open(Out);
        Refuses($"{Out} is in use by another run", ExitCode.Failure, "--preset", "tiny", "--device", "host");
    }

    [Test]
    public void AResumedRunComesToTheBitsOfOneThatWasNotStopped()
    {
        MakeData();
        Train(_folder.File("whole"), "--preset", "tiny", "--steps", "2");
        Train(Out, "--preset", "tiny", "--steps", "1");
        CommandRun resumed = Train(Out, "--resume", "--steps", "2");
        Assert.That(resumed.Output, Does.Contain("done after step 2"));
        Assert.That(resumed.Told, Does.Contain("Resuming after step 1"));
        Assert.That(Weights(Out), Is.EqualTo(Weights(_folder.File("whole"))));
    }

    [Test]
    public void ThePrecisionIsToldAndThatOfTheRun()
    {
        MakeData();
        string[] begin = ["--preset", "tiny", "--batch", "1", "--steps", "1"];
        Assert.That(Train(_folder.File("usual"), begin).Told, Does.Contain("precision fp32 (32-bit floats"));
        CommandRun run = Train(Out, [.. begin, "--precision", "bf16"]);
        Assert.That(run.Told, Does.Contain("precision bf16 (activations of 16 bits"));
        Refuses("--precision cannot be changed", ExitCode.Failure, "--resume", "--precision", "fp32");
        Assert.That(Train(Out, "--resume", "--steps", "2").Told, Does.Contain("precision bf16 ("));
    }

    private static byte[] Weights(string run) => File.ReadAllBytes(
        Path.Combine(LowResolutionCheckpoint.Newest(run)!, LowResolutionCheckpoint.AverageGeneratorFile));

    private CommandRun Train(string folder, params string[] more)
    {
        CommandRun run = CommandRun.Of(
            ["train", "long-video-lowres", "--data", Data, "--out", folder, "--device", "host", .. more]);
        Assert.That(run.Status, Is.EqualTo(ExitCode.Success), run.Error);
        return run;
    }

    private void Refuses(string text, int status, params string[] more) =>
        CommandRun.Refuses(text, status, ["train", "long-video-lowres", "--data", Data, "--out", Out, .. more]);

    private void MakeData()
    {
        string clips = Directory.CreateDirectory(_folder.File("clips")).FullName;
        File.Copy(Assets.Coast, Path.Combine(clips, "coast.mp4"));
        DatasetFromVideos.Make(new DatasetFromVideosOptions(clips, Data, 36, 64));
    }
}
