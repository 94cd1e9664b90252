using GenKernels.Cli;
using GenKernels.Models.LongVideo;
using GenKernels.Train.LongVideo;
using GenKernels.Train.Video;

namespace GenKernels.Tests.Cli;

[TestFixture]
public sealed class GenerateVideoCommandTests
{
    private TemporaryFolder _folder = null!;

    private string Run => _folder.File("run");

    private string Checkpoint => LowResolutionCheckpoint.Newest(Run)!;

    private string Generator => Path.Combine(Checkpoint, LowResolutionCheckpoint.AverageGeneratorFile);

    [OneTimeSetUp]
    public void WriteAnUntrainedCheckpoint()
    {
        _folder = new TemporaryFolder();
        Directory.CreateDirectory(Run);
        using HostDevice device = new();
        LowResolutionTrainingOptions options = new() { Seed = 5 };
        using LowResolutionGan gan = new(LowResolutionPreset.Tiny, options, device);
        new LowResolutionCheckpoint(3, "tiny", options, 0, 0).Save(Run, gan);
    }

    [OneTimeTearDown]
    public void RemoveFolder() => _folder.Dispose();

    [Test]
    public void HelpHasExamples()
    {
        CommandRun run = CommandRun.Of("generate", "video", "--help");
        Assert.That(run.Status, Is.EqualTo(ExitCode.Success));
        Assert.That(run.Output, Does.Contain("--segment").And.Contains("Examples:").And.Contains("--frames 900"));
    }

    [Test]
    public void TheVideoDoesNotDependOnTheLengthOfSegments()
    {
        Generate(Run, 100, _folder.File("short"), "--segment", "32");
        Generate(Checkpoint, 100, _folder.File("long"), "--segment", "64");
        byte[][] inShort = Frames(_folder.File("short")), inLong = Frames(_folder.File("long"));
        Assert.That((inShort.Length, inLong.Length), Is.EqualTo((100, 100)));
        int furthest = inShort.Zip(inLong).Max(pair => pair.First.Zip(pair.Second).Max(
            levels => Math.Abs(levels.First - levels.Second)));
        Assert.That(furthest, Is.LessThanOrEqualTo(1));  // one level of 255, where a value rounds to either side
        Assert.That(inShort[0].Distinct().Count(), Is.GreaterThan(2), "a picture");
    }

    [Test]
    public void AnMp4HasEveryFrame()
    {
        string path = _folder.File("video.mp4");
        CommandRun run = Generate(Generator, 100, path, "--scale", "2", "--fps", "25");
        Assert.That(run.Output, Does.Contain("100 frames of 128 x 72"));
        using IFrameReader reader = FrameReader.Open(path);
        Assert.That(reader.Description.FrameRate, Is.EqualTo(25));
        Assert.That(Frames(path), Has.Length.EqualTo(100));
    }

    [TestCase("fp32", "fp32 (32-bit floats, multiplied exactly)")]
    [TestCase("tf32", "; host multiplies exactly)")]
    [TestCase("bf16", "bf16 (activations of 16 bits")]
    public void ThePrecisionIsTold(string name, string text)
    {
        CommandRun run = Generate(Run, 4, _folder.File(name), "--precision", name);
        Assert.That(run.Told, Does.Contain("Preset tiny on host").And.Contain(text));
        Assert.That(Frames(_folder.File(name)), Has.Length.EqualTo(4));
    }

    [Test]
    public void AMissingCheckpointIsNamed() =>
        Refuses($"{_folder.File("nowhere")}: no such checkpoint", _folder.File("nowhere"));

    [Test]
    public void AFolderWithoutACheckpointIsRefused()
    {
        string empty = Directory.CreateDirectory(_folder.File("empty")).FullName;
        Refuses($"{empty} contains no checkpoint", empty);
    }

    [Test]
    public void APresetThatIsNotKnownIsNamed() =>
        Refuses("has preset 'vast', which this version does not support", With("vast"));

    [Test]
    public void WeightsOfOtherSizesAreRefused() => Refuses("does not fit preset small", With("small"));

    [Test]
    public void AnotherKindOfFileIsRefused()
    {
        string path = _folder.File("other.safetensors");
        new SafetensorsWriter().Save(path);
        Refuses("is not a long-video generator", path);
    }

    [Test]
    public void ADamagedFileIsNamed()
    {
        string path = _folder.File("damaged.safetensors");
        File.WriteAllBytes(path, File.ReadAllBytes(Generator)[..^100]);
        Refuses(path, path);
    }

    [Test]
    public void AnotherExtensionIsRefused() => Refuses("cannot write .avi", Run, "out.avi");

    [Test]
    public void NoFramesAreAMistake() => CommandRun.Refuses(
        "--frames must be at least 1", ExitCode.Usage,
        "generate", "video", "--checkpoint", Run, "--frames", "0", "--out", _folder.File("none.mp4"));

    private static CommandRun Generate(string checkpoint, int frames, string path, params string[] more)
    {
        CommandRun run = CommandRun.Of(
        [
            "generate", "video", "--checkpoint", checkpoint, "--frames", $"{frames}", "--out", path, "--device", "host",
            .. more,
        ]);
        Assert.That(run.Status, Is.EqualTo(ExitCode.Success), run.Error);
        return run;
    }

    private static byte[][] Frames(string path)
    {
        using IFrameReader reader = FrameReader.Open(path);
        List<byte[]> frames = [];
        byte[] frame = new byte[reader.Description.FrameBytes];
        while (reader.ReadFrame(frame)) frames.Add([.. frame]);
        return [.. frames];
    }

    private void Refuses(string text, string checkpoint, string file = "refused.mp4")
    {
        string path = Path.Combine(Directory.CreateDirectory(_folder.File("refused")).FullName, file);
        CommandRun.Refuses(
            text, ExitCode.Failure,
            "generate", "video", "--checkpoint", checkpoint, "--frames", "8", "--out", path, "--device", "host");
        Assert.That(Directory.EnumerateFileSystemEntries(_folder.File("refused")), Is.Empty, "nothing is left behind");
    }

    /// <returns>The generator's file with another preset in its metadata.</returns>
    private string With(string preset)
    {
        string path = _folder.File($"{preset}.safetensors");
        using SafetensorsFile source = SafetensorsFile.Open(Generator);
        SafetensorsWriter writer = new();
        writer.Metadata["kind"] = source.Metadata["kind"];
        writer.Metadata["preset"] = preset;
        foreach (string name in source.Names)
        {
            SafetensorsEntry entry = source.Entry(name);
            writer.Add(name, entry.ElementType, entry.Shape, stream => stream.Write(source.Bytes(name)));
        }

        writer.Save(path);
        return path;
    }
}
