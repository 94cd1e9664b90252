using GenKernels.Train.Video;

namespace GenKernels.Tests.Train.Video;

public sealed class VideoWriterTests
{
    [TestCase("film.mp4", 4.0)]   // of 255 levels: its codec loses some
    [TestCase("film.webp", 4.0)]  // likewise
    [TestCase("frames", 0.0)]
    public void WhatIsWrittenCanBeReadBack(string name, double meanError)
    {
        using TemporaryFolder folder = new();
        byte[][] frames = [.. Enumerable.Range(0, 7).Select(i => TestFrames.Gradient(48, 32, i))];
        Write(folder.File(name), 48, 32, frames, new VideoWriterOptions(FrameRate: 20, ConstantRateFactor: 8));

        using IFrameReader reader = FrameReader.Open(folder.File(name));
        byte[] actual = new byte[48 * 32 * 3];
        Assert.That((reader.Description.Width, reader.Description.Height), Is.EqualTo((48, 32)));
        foreach (byte[] expected in frames)
        {
            Assert.That(reader.ReadFrame(actual), Is.True);
            Assert.That(TestFrames.MeanError(actual, expected), Is.LessThanOrEqualTo(meanError));
        }
        Assert.That(reader.ReadFrame(actual), Is.False);
        Assert.That(EntriesOf(folder), Is.EqualTo(new[] { name }), "nothing else is left behind");
    }

    [TestCase("film.mp4", 20)]
    [TestCase("film.webp", 20)]
    public void TheFrameRateIsKept(string name, double frameRate)
    {
        using TemporaryFolder folder = new();
        byte[][] frames = [.. Enumerable.Range(0, 3).Select(i => TestFrames.Noise(16, 16, seed: i))];
        Write(folder.File(name), 16, 16, frames, new VideoWriterOptions(frameRate));
        using IFrameReader reader = FrameReader.Open(folder.File(name));
        Assert.That(reader.Description.FrameRate, Is.EqualTo(frameRate).Within(1e-3));  // from rounded times
    }

    [Test]
    public void TheFrameRateIsKeptInEveryLanguage()
    {
        using DecimalComma comma = new();
        TheFrameRateIsKept("film.mp4", 29.97);
    }

    [TestCase("film.mp4", 34, 16)]  // 33x15 made even
    [TestCase("film.webp", 33, 15)]
    [TestCase("frames", 33, 15)]
    public void PixelsBecomeSquaresOfTheScale(string name, int width, int height)
    {
        using TemporaryFolder folder = new();
        Write(folder.File(name), 11, 5, [TestFrames.Gradient(11, 5, 0)], new VideoWriterOptions(Scale: 3));
        using IFrameReader reader = FrameReader.Open(folder.File(name));
        Assert.That((reader.Description.Width, reader.Description.Height), Is.EqualTo((width, height)));
        byte[] rgb = new byte[reader.Description.FrameBytes];
        Assert.That(reader.ReadFrame(rgb), Is.True);
        byte[] source = TestFrames.Gradient(11, 5, 0);
        for (int i = 0; i < width * height; i++)
        {
            int at = Math.Min(i / width / 3, 4) * 11 + Math.Min(i % width / 3, 10);
            int level = source[3 * at + 1];
            Assert.That(rgb[3 * i + 1], Is.EqualTo(level).Within(24), $"green of pixel {i}");  // codecs lose some
        }
    }

    [TestCase("film.mp4")]
    [TestCase("film.webp")]
    [TestCase("frames")]
    public void AVideoThatIsNotCompletedLeavesNothing(string name)
    {
        using TemporaryFolder folder = new();
        using (IVideoWriter writer = VideoWriter.Create(folder.File(name), 16, 16))
        {
            writer.AddFrame(TestFrames.Noise(16, 16, seed: 1));
        }
        Assert.That(EntriesOf(folder), Is.Empty);
    }

    [TestCase("film.mp4")]
    [TestCase("film.webp")]
    [TestCase("frames")]
    public void WhatAKilledProcessLeftIsDeleted(string name)
    {
        using TemporaryFolder folder = new();
        string left = folder.File($".{name}.partial");
        Directory.CreateDirectory(Path.Combine(left, "frames"));
        foreach (string file in (string[])["partial.lock", name + "/frame_000009.png", "rest"])
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(left, file))!);
            File.WriteAllText(Path.Combine(left, file), "");
        }

        Write(folder.File(name), 16, 16, [TestFrames.Noise(16, 16, seed: 1)], new VideoWriterOptions());
        Assert.That(EntriesOf(folder), Is.EqualTo(new[] { name }));
    }

    [Test]
    public void AVideoThatIsBeingWrittenIsNotWrittenTwice()
    {
        using TemporaryFolder folder = new();
        string path = folder.File("film.webp");
        using (IVideoWriter writer = VideoWriter.Create(path, 16, 16))
        {
            Assert.That(() => VideoWriter.Create(path, 16, 16),
                Throws.TypeOf<IOException>().With.Message.StartsWith($"{path}: is already being written"));
            writer.AddFrame(TestFrames.Noise(16, 16, seed: 1));
            writer.Complete();
        }

        Write(path, 16, 16, [TestFrames.Noise(16, 16, seed: 1)], new VideoWriterOptions());
    }

    [Test]
    public void AFolderOfAnotherProgramIsNotDeleted()
    {
        using TemporaryFolder folder = new();
        string mine = folder.File(".film.mp4.partial/mine.txt");
        Directory.CreateDirectory(Path.GetDirectoryName(mine)!);
        File.WriteAllText(mine, "mine");
        Assert.That(() => VideoWriter.Create(folder.File("film.mp4"), 16, 16),
            Throws.TypeOf<IOException>().With.Message.EndsWith("which holds files of another program"));
        Assert.That(File.ReadAllText(mine), Is.EqualTo("mine"));
    }

    [TestCase("film.mp4")]
    [TestCase("film.webp")]
    [TestCase("frames")]
    public void AVideoWithoutFramesIsRefused(string name)
    {
        using TemporaryFolder folder = new();
        using IVideoWriter writer = VideoWriter.Create(folder.File(name), 16, 16);
        Assert.That(() => writer.Complete(),
            Throws.TypeOf<VideoException>().With.Message.EndsWith($"{name}: no frame was added"));
    }

    [Test]
    public void AFrameOfAnotherSizeIsRefused()
    {
        using TemporaryFolder folder = new();
        using IVideoWriter writer = VideoWriter.Create(folder.File("film.mp4"), 16, 16);
        Assert.That(() => writer.AddFrame(new byte[5]),
            Throws.ArgumentException.With.Message.EqualTo("a frame of 16x16 has 768 bytes, got 5"));
    }

    [Test]
    public void AnotherExtensionIsRefused() =>
        Assert.That(() => VideoWriter.Create("film.avi", 16, 16),
            Throws.TypeOf<VideoException>()
                .With.Message.StartsWith("film.avi: cannot write .avi; expected .mp4, .webp"));

    [Test]
    public void AFolderWithSomethingInItIsNotTouched()
    {
        using TemporaryFolder folder = new();
        File.WriteAllText(folder.File("note.txt"), "mine");
        Assert.That(() => VideoWriter.Create(folder.Path, 16, 16),
            Throws.TypeOf<VideoException>().With.Message.Contains("must be new or empty"));
    }

    [TestCase("film.mp4")]
    [TestCase("film.webp")]
    public void AFolderInPlaceOfAFileIsToldBeforeTheFirstFrame(string name)
    {
        using TemporaryFolder folder = new();
        Directory.CreateDirectory(folder.File(name));
        Assert.That(() => VideoWriter.Create(folder.File(name), 16, 16),
            Throws.TypeOf<VideoException>().With.Message.EndsWith($"{name}: is a folder; expected a file"));
    }

    [Test]
    public void AnEncodingThatIsStoppedLeavesNothing()
    {
        using TemporaryFolder folder = new();
        using CancellationTokenSource stop = new();
        Percentages told = new() { Reported = _ => stop.Cancel() };
        using (IVideoWriter writer = VideoWriter.Create(folder.File("film.webp"), 64, 64))
        {
            for (int i = 0; i < 20; i++) writer.AddFrame(TestFrames.Noise(64, 64, i));
            Assert.That(() => writer.Complete(told, stop.Token), Throws.InstanceOf<OperationCanceledException>());
        }

        Assert.That(told.All, Has.Count.EqualTo(1).And.All.LessThan(100), "stopped at the first word of progress");
        Assert.That(EntriesOf(folder), Is.Empty);
    }

    [Test]
    public void AnEncodingTellsHowFarItIs()
    {
        using TemporaryFolder folder = new();
        using IVideoWriter writer = VideoWriter.Create(folder.File("film.webp"), 64, 64);
        for (int i = 0; i < 20; i++) writer.AddFrame(TestFrames.Noise(64, 64, i));
        Percentages told = new();
        writer.Complete(told);
        Assert.That(told.All, Is.Ordered.And.All.InRange(0, 100));
        Assert.That(told.All.Distinct().Count(), Is.GreaterThan(5));
    }

    [Test]
    public void AMissingEncoderSaysWhatToInstall()
    {
        using TemporaryFolder folder = new();
        Assert.That(() => VideoWriter.Create(folder.File("film.mp4"), 16, 16, tools: new VideoTools("no-such-ffmpeg")),
            Throws.TypeOf<VideoToolMissingException>().With.Message.Contains("install ffmpeg"));
    }

    [Test]
    public void AnEncoderThatFailsSaysWhy()
    {
        using TemporaryFolder folder = new();
        using IVideoWriter writer = VideoWriter.Create(
            folder.File("film.mp4"), 16, 16, tools: new VideoTools(Ffmpeg: "false"));
        Assert.That(() =>
        {
            for (int i = 0; i < 1000; i++) writer.AddFrame(TestFrames.Noise(16, 16, seed: 1));
            writer.Complete();
        }, Throws.TypeOf<VideoException>().With.Message.EndsWith("film.mp4: false failed: exit status 1"));
    }

    [TestCase("film.mp4")]
    [TestCase("film.webp")]
    [TestCase("film")]
    public void AFilmThatDoesNotFitOnTheDiskIsRefusedAndLeavesNothing(string name)
    {
        using SmallDisk disk = new(kilobytes: 64);
        Assert.That(
            () => Write(disk.File(name), 64, 64, [.. Enumerable.Range(0, 60).Select(i => TestFrames.Noise(64, 64, i))],
                new VideoWriterOptions()),
            Throws.InstanceOf<Exception>().With.Message.Contains("No space left on device"));
        Assert.That(disk.Files(), Is.Empty);
    }

    private static string?[] EntriesOf(TemporaryFolder folder) =>
        [.. Directory.GetFileSystemEntries(folder.Path).Select(Path.GetFileName)];

    private static void Write(string path, int width, int height, byte[][] frames, VideoWriterOptions options)
    {
        using IVideoWriter writer = VideoWriter.Create(path, width, height, options);
        foreach (byte[] frame in frames) writer.AddFrame(frame);
        writer.Complete();
    }

    private sealed class Percentages : IProgress<int>
    {
        private readonly List<int> _all = [];

        public IReadOnlyList<int> All => _all;

        /// <summary>Called with each report.</summary>
        public Action<int>? Reported { get; init; }

        public void Report(int value)
        {
            _all.Add(value);
            Reported?.Invoke(value);
        }
    }
}
