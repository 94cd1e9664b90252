using System.IO.Compression;
using System.Text.Json;
using GenKernels.Tests.Train.Video;
using GenKernels.Train.Data;
using GenKernels.Train.Video;

namespace GenKernels.Tests.Train.Data;

public sealed class DatasetFromVideosTests
{
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void MakeAFolder() => _folder = new TemporaryFolder();

    [TearDown]
    public void RemoveTheFolder() => _folder.Dispose();

    [Test]
    public void RealClipsMakeADatasetThatReadsBack()
    {
        Directory.CreateDirectory(_folder.File("in/road"));
        File.Copy(Assets.Coast, _folder.File("in/coast.mp4"));
        File.Copy(Assets.Drive, _folder.File("in/road/drive.MP4"));
        DatasetFromVideosOptions options = new(_folder.File("in"), _folder.File("out"), Height: 36, Width: 64);
        DatasetReport report = DatasetFromVideos.Make(options with { TrimStart = 1, TrimEnd = 6.84 });

        using VideoDataset dataset = VideoDataset.Open(_folder.File("out"), 36, 64);
        Assert.That(report.Skipped, Is.Empty);
        Assert.That(dataset.Videos.Select(video => video.Name), Is.EqualTo(new[] { "coast", "road/drive" }));
        Assert.That(dataset.Videos[1].FrameCount, Is.EqualTo(25), "one second at 25 frames a second");
        Assert.That(dataset.Videos[0].FrameCount, Is.InRange(126, 128), "4.24 s at 29.97 frames a second");

        using VideoReader reader = VideoReader.Open(Assets.Drive, trimStart: 1);
        FrameResizer resizer = new(320, 180, 64, 36);
        byte[] source = new byte[320 * 180 * 3];
        (byte[] expected, byte[] actual) = (new byte[64 * 36 * 3], new byte[64 * 36 * 3]);
        for (int i = 0; i < 25; i++)
        {
            reader.ReadFrame(source);
            resizer.Resize(source, expected);
            dataset.ReadFrame(1, i, actual);
            Assert.That(TestFrames.MeanError(actual, expected), Is.LessThan(1), $"frame {i}");  // level: JPEG's loss
        }
    }

    [Test]
    public void TheLayoutIsThatOfTheRelease()
    {
        WriteVideos("b", "a", "sub/c");
        DatasetFromVideos.Make(Options() with { Partitions = 1 });
        string path = _folder.File("out/0016x0024/partition_0000.zip");
        Assert.That(Directory.GetFiles(_folder.File("out/0016x0024")).Select(Path.GetFileName).Order(),
            Is.EqualTo(new[] { "dataset.json", "partition_0000.zip" }), "no temporary file is left");

        using ZipArchive zip = ZipFile.OpenRead(path);
        string[] frames = [.. Enumerable.Range(0, 3).Select(i => $"frame_{i:000000}.jpg")];
        string[] videos = ["a", "b", "sub/c"];
        string[] names = [.. videos.SelectMany(video => frames.Select(frame => $"{video}/{frame}"))];
        Assert.That(zip.Entries.Select(entry => entry.FullName), Is.EqualTo(names.Append("frame_paths.json")));
        Assert.That(zip.Entries.All(entry => entry.CompressedLength == entry.Length), "stored as they are");

        using StreamReader text = new(zip.GetEntry("frame_paths.json")!.Open());
        using JsonDocument json = JsonDocument.Parse(text.ReadToEnd());
        JsonElement list = json.RootElement.GetProperty("sub/c");
        Assert.That(json.RootElement.EnumerateObject().Select(video => video.Name), Is.EqualTo(videos));
        Assert.That(list.EnumerateArray().Select(frame => frame.GetString()), Is.EqualTo(frames));
    }

    [Test]
    public void FramesAreJpegsWithFullChromaAndFinestSteps()
    {
        WriteVideos("a");
        DatasetFromVideos.Make(Options());
        using ZipArchive zip = ZipFile.OpenRead(_folder.File("out/0016x0024/partition_0000.zip"));
        using MemoryStream content = new();
        using (Stream stream = zip.GetEntry("a/frame_000000.jpg")!.Open()) stream.CopyTo(content);
        byte[] jpeg = content.ToArray();
        int table = jpeg.AsSpan().IndexOf(stackalloc byte[] { 0xFF, 0xDB });
        Assert.That(jpeg[(table + 5)..(table + 5 + 64)], Is.All.EqualTo(1), "quality 100: every step is 1");
        int header = jpeg.AsSpan().IndexOf(stackalloc byte[] { 0xFF, 0xC0 });
        int[] sampling = [jpeg[header + 11], jpeg[header + 14], jpeg[header + 17]];
        Assert.That(sampling, Is.EqualTo(new[] { 0x11, 0x11, 0x11 }), "one sample of each colour a pixel");
    }

    [Test]
    public void PartitionsAreRunsOfNearlyOneLength()
    {
        WriteVideos("a", "b", "c", "d", "e");
        DatasetReport report = DatasetFromVideos.Make(Options() with { Partitions = 3 });
        Assert.That(report.Manifest.Videos.Select(video => (video.Name, video.Partition[^5])),
            Is.EqualTo(new[] { ("a", '0'), ("b", '0'), ("c", '1'), ("d", '1'), ("e", '2') }));
    }

    [Test]
    public void PartitionsWithoutVideosAreNotWritten()
    {
        WriteVideos("a", "b");
        DatasetFromVideos.Make(Options() with { Partitions = 10 });
        Assert.That(Directory.GetFiles(_folder.File("out/0016x0024"), "*.zip").Select(Path.GetFileName).Order(),
            Is.EqualTo(new[] { "partition_0000.zip", "partition_0001.zip" }));
    }

    [Test]
    public void TheManifestSaysWhatThereIs()
    {
        WriteVideos("a", "sub/c");
        DatasetFromVideos.Make(Options() with { Partitions = 1 });
        using JsonDocument json = JsonDocument.Parse(File.ReadAllText(_folder.File("out/0016x0024/dataset.json")));
        JsonElement video = json.RootElement.GetProperty("videos")[1];
        Assert.Multiple(() =>
        {
            Assert.That(json.RootElement.GetProperty("version").GetInt32(), Is.EqualTo(1));
            Assert.That(json.RootElement.GetProperty("height").GetInt32(), Is.EqualTo(16));
            Assert.That(json.RootElement.GetProperty("width").GetInt32(), Is.EqualTo(24));
            Assert.That(json.RootElement.GetProperty("totalFrames").GetInt32(), Is.EqualTo(6));
            Assert.That(video.GetProperty("name").GetString(), Is.EqualTo("sub/c"));
            Assert.That(video.GetProperty("source").GetString(), Is.EqualTo("sub/c.mp4"));
            Assert.That(video.GetProperty("frameCount").GetInt32(), Is.EqualTo(3));
            Assert.That(video.GetProperty("frameRate").GetDouble(), Is.EqualTo(30));
        });
    }

    [Test]
    public void EqualVideosMakeEqualFiles()
    {
        WriteVideos("a", "b", "c");
        DatasetFromVideos.Make(Options() with { Workers = 1 });
        DatasetFromVideos.Make(Options() with { Workers = 3, OutputFolder = _folder.File("again") });
        foreach (string path in Directory.GetFiles(_folder.File("out/0016x0024")))
        {
            string other = _folder.File($"again/0016x0024/{Path.GetFileName(path)}");
            Assert.That(File.ReadAllBytes(other), Is.EqualTo(File.ReadAllBytes(path)), path);
        }
    }

    [Test]
    public void AVideoThatCannotBeDecodedIsLeftOutAndReported()
    {
        WriteVideos("a", "c");
        File.WriteAllText(_folder.File("in/b.mp4"), "no film");
        DatasetReport report = DatasetFromVideos.Make(Options() with { Partitions = 1 });
        Assert.Multiple(() =>
        {
            Assert.That(report.Manifest.Videos.Select(video => video.Name), Is.EqualTo(new[] { "a", "c" }));
            Assert.That(report.Skipped.Select(video => video.Source), Is.EqualTo(new[] { "b.mp4" }));
            Assert.That(report.Skipped[0].Reason, Does.Contain("b.mp4: ffprobe failed: "));
        });
    }

    [Test]
    public void AVideoThatIsDecodedAlthoughItIsDamagedIsReported()
    {
        WriteVideos("a");
        byte[] video = File.ReadAllBytes(Assets.Drive);
        for (int place = video.Length / 2; place < video.Length / 2 + 2000; place += 20) video[place] ^= 0x5A;
        File.WriteAllBytes(_folder.File("in/b.mp4"), video);
        DatasetReport report = DatasetFromVideos.Make(Options());
        Assert.That(report.Manifest.Videos.Select(video => video.Name), Is.EqualTo(new[] { "a", "b" }));
        Assert.That(report.Damaged.Select(video => video.Source), Is.EqualTo(new[] { "b.mp4" }));
        Assert.That(report.Damaged[0].Reason, Does.Match(@"^\d+ errors, the first: \w+: [^@]+$"));
    }

    [Test]
    public void FilesThatAnInterruptedReplacementMovedAsideAreNamed()
    {
        WriteVideos("a", "b");
        DatasetFromVideos.Make(Options() with { Partitions = 2 });
        string folder = _folder.File("out/0016x0024");
        string aside = ".partition_0001.zip.0123456789abcdef0123456789abcdef.earlier";
        File.Move(Path.Combine(folder, "partition_0001.zip"), Path.Combine(folder, aside));
        Assert.That(() => VideoDataset.Open(folder, 16, 24), Throws.TypeOf<DatasetException>().With.Message.EndsWith(
            $"is one missing?; its replacement was interrupted: make it again, or rename {aside} and its like "
            + "to what they were"));
        DatasetReport report = DatasetFromVideos.Make(Options() with { Overwrite = true });
        Assert.That(report.Abandoned, Is.EqualTo(new[] { aside }));
    }

    [Test]
    public void NoVideoThatCanBeDecodedIsAnErrorThatLeavesNothing()
    {
        Directory.CreateDirectory(_folder.File("in"));
        File.WriteAllText(_folder.File("in/b.mp4"), "no film");
        Assert.That(() => DatasetFromVideos.Make(Options()), Throws.TypeOf<DatasetException>()
            .With.Message.Contains("no video can be decoded (1 tried); the first, b.mp4: "));
        Assert.That(Directory.Exists(_folder.File("out/0016x0024")), Is.False);
    }

    [Test]
    public void ADatasetThatIsThereIsReplacedOnlyWhenAsked()
    {
        WriteVideos("a", "b");
        DatasetFromVideos.Make(Options());
        string folder = _folder.File("out/0016x0024");
        File.WriteAllText(Path.Combine(folder, "note.txt"), "mine");
        Assert.That(() => DatasetFromVideos.Make(Options()), Throws.TypeOf<DatasetException>().With.Message.EqualTo(
            $"{folder}: already contains dataset.json; choose another folder or overwrite it (--overwrite)"));

        DatasetFromVideos.Make(Options() with { Overwrite = true, Partitions = 1 });
        Assert.That(Directory.GetFiles(folder).Select(Path.GetFileName).Order(),
            Is.EqualTo(new[] { "dataset.json", "note.txt", "partition_0000.zip" }));
    }

    [Test]
    public void WhatCannotBeReplacedIsKept()
    {
        WriteVideos("a", "b");
        DatasetFromVideos.Make(Options());
        string folder = _folder.File("out/0016x0024");
        byte[] before = File.ReadAllBytes(Path.Combine(folder, "partition_0000.zip"));
        File.Delete(Path.Combine(folder, "dataset.json"));
        Directory.CreateDirectory(Path.Combine(folder, "dataset.json"));
        Assert.That(
            () => DatasetFromVideos.Make(Options() with { Overwrite = true, Partitions = 1 }),
            Throws.InstanceOf<Exception>());
        Assert.That(Directory.GetFiles(folder).Select(Path.GetFileName).Order(),
            Is.EqualTo(new[] { "partition_0000.zip", "partition_0001.zip" }));
        Assert.That(File.ReadAllBytes(Path.Combine(folder, "partition_0000.zip")), Is.EqualTo(before));
    }

    [Test]
    public void AMissingPartitionIsNoticed()
    {
        WriteVideos("a", "b");
        DatasetFromVideos.Make(Options());
        File.Delete(_folder.File("out/0016x0024/partition_0001.zip"));
        Assert.That(() => VideoDataset.Open(_folder.File("out"), 16, 24), Throws.TypeOf<DatasetException>()
            .With.Message.EndsWith("dataset.json lists 2 videos of 6 frames, the zips have 1 of 3; is one missing?"));
    }

    [Test]
    public void ProgressEndsWithEverythingDone()
    {
        WriteVideos("a", "b");
        LastProgress progress = new();
        DatasetFromVideos.Make(Options(), progress);
        Assert.That(progress.Last, Is.EqualTo(new DatasetProgress(VideosDone: 2, VideosTotal: 2, FramesDone: 6)));
    }

    [Test]
    public void AStoppedRunLeavesNothing()
    {
        WriteVideos("a", "b");
        using CancellationTokenSource stop = new();
        stop.Cancel();
        Assert.That(() => DatasetFromVideos.Make(Options(), stop: stop.Token),
            Throws.InstanceOf<OperationCanceledException>());
        Assert.That(Directory.Exists(_folder.File("out/0016x0024")), Is.False);
    }

    [Test]
    public void VideosThatDifferOnlyInTheirExtensionAreRefused()
    {
        WriteVideos("a");
        File.Copy(_folder.File("in/a.mp4"), _folder.File("in/a.mov"));
        Assert.That(() => DatasetFromVideos.Make(Options()), Throws.TypeOf<DatasetException>()
            .With.Message.Contains("a.mov and a.mp4 differ only in their extension"));
    }

    [Test]
    public void AFolderWithoutVideosIsRefused()
    {
        Directory.CreateDirectory(_folder.File("in"));
        File.WriteAllText(_folder.File("in/a.txt"), "no film");
        Assert.That(() => DatasetFromVideos.Make(Options()), Throws.TypeOf<DatasetException>()
            .With.Message.EndsWith("no videos found; looked for .avi .gif .mkv .mov .mp4 .mpeg .mpg .webm .wmv"));
    }

    [Test]
    public void AMissingProgramEndsTheRun()
    {
        WriteVideos("a", "b");
        Assert.That(() => DatasetFromVideos.Make(Options() with { Tools = new VideoTools("no-such-ffmpeg") }),
            Throws.TypeOf<VideoToolMissingException>());
        Assert.That(Directory.Exists(_folder.File("out/0016x0024")), Is.False);
    }

    private DatasetFromVideosOptions Options() => new(_folder.File("in"), _folder.File("out"), Height: 16, Width: 24);

    private void WriteVideos(params string[] names)
    {
        foreach (string name in names)
        {
            using IVideoWriter writer = VideoWriter.Create(_folder.File($"in/{name}.mp4"), 48, 32);
            for (int i = 0; i < 3; i++) writer.AddFrame(TestFrames.Gradient(48, 32, i));
            writer.Complete();
        }
    }

    private sealed class LastProgress : IProgress<DatasetProgress>
    {
        public DatasetProgress Last { get; private set; }

        public void Report(DatasetProgress value) => Last = value;
    }
}
