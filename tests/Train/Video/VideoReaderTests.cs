using System.Diagnostics;
using System.Runtime.Versioning;
using GenKernels.Train.Video;

namespace GenKernels.Tests.Train.Video;

public sealed class VideoReaderTests
{
    [Test]
    public void AClipSaysWhatItIs()
    {
        using VideoReader reader = VideoReader.Open(Assets.Drive);
        Assert.Multiple(() =>
        {
            Assert.That((reader.Description.Width, reader.Description.Height), Is.EqualTo((320, 180)));
            Assert.That(reader.Description.FrameRate, Is.EqualTo(25));
            Assert.That(reader.Description.FrameCount, Is.EqualTo(221));
            Assert.That(reader.Description.Seconds, Is.EqualTo(8.84).Within(1e-6));  // told in microseconds
            Assert.That(reader.Description.FrameBytes, Is.EqualTo(320 * 180 * 3));
        });
    }

    [Test]
    public void EveryFrameComesOnce()
    {
        Assert.Multiple(() =>
        {
            Assert.That(CountFrames(VideoReader.Open(Assets.Drive)), Is.EqualTo(221));
            Assert.That(CountFrames(VideoReader.Open(Assets.Coast)), Is.EqualTo(362));
        });
    }

    [Test]
    public void BothEndsCanBeTrimmed()
    {
        // At 25 frames per second: from frame 25, shown at 1 s, to frame 195, the last before 7.84 s.
        using VideoReader whole = VideoReader.Open(Assets.Drive);
        using VideoReader trimmed = VideoReader.Open(Assets.Drive, trimStart: 1, trimEnd: 1);
        byte[] expected = new byte[whole.Description.FrameBytes];
        byte[] actual = new byte[whole.Description.FrameBytes];
        for (int i = 0; i <= 25; i++) whole.ReadFrame(expected);
        Assert.Multiple(() =>
        {
            Assert.That(trimmed.ReadFrame(actual), Is.True);
            Assert.That(actual, Is.EqualTo(expected));
            Assert.That(CountFrames(trimmed), Is.EqualTo(170));
        });
    }

    [Test]
    public void BothEndsAreTrimmedAlikeInEveryLanguage()
    {
        int count = CountFrames(VideoReader.Open(Assets.Drive, trimStart: 1.3, trimEnd: 1.7));
        using DecimalComma comma = new();
        Assert.That(CountFrames(VideoReader.Open(Assets.Drive, trimStart: 1.3, trimEnd: 1.7)), Is.EqualTo(count));
    }

    [Test]
    public void TrimmingMoreThanThereIsIsRefused() =>
        Assert.That(() => VideoReader.Open(Assets.Drive, trimStart: 5, trimEnd: 5),
            Throws.TypeOf<VideoException>().With.Message.EndsWith("trimming 5 s and 5 s leaves nothing of its 8.84 s"));

    [Test]
    public void AMissingFileIsNamed() =>
        Assert.That(() => VideoReader.Open("nowhere/film.mp4"),
            Throws.TypeOf<VideoException>().With.Message.EqualTo("nowhere/film.mp4: no such file"));

    [Test]
    public void AFileThatIsNoVideoIsRefusedWithTheReason()
    {
        using TemporaryFolder folder = new();
        string path = folder.File("letter.mp4");
        File.WriteAllText(path, "Dear reader, this is no film.");
        Assert.That(() => VideoReader.Open(path),
            Throws.TypeOf<VideoException>().With.Message.StartsWith($"{path}: ffprobe failed: "));
    }

    /// <remarks>Opened, the pipe would wait for ever for somebody to write to it.</remarks>
    [TestCase("film.mp4")]
    [TestCase("film.webp")]
    public void APipeOrDeviceIsRefused(string name)
    {
        using TemporaryFolder folder = new();
        string path = folder.File(name);
        using (Process mkfifo = Process.Start("mkfifo", path)) mkfifo.WaitForExit();
        Refuses(path);
        File.Delete(path);
        File.CreateSymbolicLink(path, "/dev/zero");
        Refuses(path);

        static void Refuses(string path) => Assert.That(() => FrameReader.Open(path),
            Throws.TypeOf<VideoException>().With.Message.EqualTo($"{path}: is empty, or not a regular file"));
    }

    [Test, UnsupportedOSPlatform("windows")]
    public void FramesThatFitNoArrayAreRefused()
    {
        using TemporaryFolder folder = new();
        string probe = folder.File("ffprobe");
        File.WriteAllText(
            probe, "#!/usr/bin/env bash\necho '{\"streams\":[{\"width\":40000,\"height\":30000}]}'\n");
        File.SetUnixFileMode(probe, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        Assert.That(() => VideoReader.Open(Assets.Drive, tools: new VideoTools("ffmpeg", probe)),
            Throws.TypeOf<VideoException>().With.Message.EqualTo(
                $"{Assets.Drive}: frames of 40000x30000 are too large"));
    }

    [TestCase("no-such-ffmpeg", "ffprobe")]
    [TestCase("ffmpeg", "no-such-ffprobe")]
    public void AMissingProgramSaysWhatToInstall(string ffmpeg, string ffprobe) =>
        Assert.That(() => VideoReader.Open(Assets.Drive, tools: new VideoTools(ffmpeg, ffprobe)),
            Throws.TypeOf<VideoToolMissingException>()
                .With.Message.Contains("'no-such-ff").And.Message.Contains("apt-get install ffmpeg"));

    [Test]
    public void ABufferOfAnotherLengthIsRefused()
    {
        using VideoReader reader = VideoReader.Open(Assets.Drive);
        Assert.That(() => reader.ReadFrame(new byte[10]),
            Throws.ArgumentException.With.Message.EqualTo("a frame has 172800 bytes, the buffer has 10"));
    }

    private static int CountFrames(VideoReader reader)
    {
        using (reader)
        {
            byte[] frame = new byte[reader.Description.FrameBytes];
            int count = 0;
            while (reader.ReadFrame(frame)) count++;
            Assert.That(reader.ReadFrame(frame), Is.False, "the end stays the end");
            return count;
        }
    }
}
