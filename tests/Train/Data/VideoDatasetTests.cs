using System.IO.Compression;
using GenKernels.Tests.Train.Video;
using GenKernels.Train.Data;

namespace GenKernels.Tests.Train.Data;

public sealed class VideoDatasetTests
{
    private readonly byte[] _frame = new byte[TinyDataset.Height * TinyDataset.Width * 3];

    [Test]
    public void VideosComeByPartitionThenByName()
    {
        using TemporaryFolder folder = new();
        TinyDataset.WritePartition(folder.Path, 1, [("a", 2)]);
        TinyDataset.WritePartition(folder.Path, 0, [("z", 3), ("deep/er", 1), ("empty", 0)]);
        using VideoDataset dataset = VideoDataset.Open(folder.Path, 8, 16);
        Assert.Multiple(() =>
        {
            Assert.That(dataset.Videos, Is.EqualTo(new DatasetVideo[]
            {
                new("deep/er", 1, "partition_0000.zip"),
                new("z", 3, "partition_0000.zip"),
                new("a", 2, "partition_0001.zip"),
            }));
            Assert.That(dataset.TotalFrames, Is.EqualTo(6));
            Assert.That(dataset.Manifest, Is.Null, "the release has none");
        });
    }

    [Test]
    public void OpeningCanBeStopped()
    {
        using TemporaryFolder folder = new();
        TinyDataset.WritePartition(folder.Path, 0, [("a", 2)]);
        using CancellationTokenSource stop = new();
        stop.Cancel();
        Assert.That(() => VideoDataset.Open(folder.Path, 8, 16, stop: stop.Token),
            Throws.InstanceOf<OperationCanceledException>());
    }

    [Test]
    public void EveryFrameIsReadAsItWasWritten()
    {
        using TemporaryFolder folder = new();
        using VideoDataset dataset = TinyDataset.Open(folder.Path, ("one", 3), ("two", 4));
        for (int video = 0; video < 2; video++)
        {
            for (int frame = 0; frame < dataset.Videos[video].FrameCount; frame++)
            {
                dataset.ReadFrame(video, frame, _frame);
                byte[] expected = TinyDataset.Frame(dataset.Videos[video].Name, frame);
                AssertClose(expected, $"frame {frame} of video {video}");
            }
        }
    }

    [Test]
    public void TheFingerprintIsOfContentsAndNotOfThePlace()
    {
        using TemporaryFolder folder = new(), elsewhere = new(), longer = new(), renamed = new();
        using VideoDataset dataset = TinyDataset.Open(folder.Path, ("one", 3));
        using VideoDataset same = TinyDataset.Open(elsewhere.Path, ("one", 3));
        using VideoDataset more = TinyDataset.Open(longer.Path, ("one", 4));
        using VideoDataset other = TinyDataset.Open(renamed.Path, ("two", 3));
        Assert.That(same.Fingerprint(), Is.EqualTo(dataset.Fingerprint()));
        Assert.That(more.Fingerprint(), Is.Not.EqualTo(dataset.Fingerprint()));
        Assert.That(other.Fingerprint(), Is.Not.EqualTo(dataset.Fingerprint()));
    }

    [TestCase(0)]
    [TestCase(1000)]  // two frames of 384 bytes
    [TestCase(1 << 20)]
    public void KeptFramesAreTheSame(long cacheBytes)
    {
        using TemporaryFolder folder = new();
        TinyDataset.WritePartition(folder.Path, 0, [("one", 4)]);
        using VideoDataset dataset = VideoDataset.Open(folder.Path, 8, 16, cacheBytes);
        for (int i = 0; i < 12; i++)
        {
            dataset.ReadFrame(0, i % 4, _frame);
            AssertClose(TinyDataset.Frame("one", i % 4), $"reading {i}");
        }
    }

    [Test]
    public void TheFolderOfTheSizeOpensAsWell()
    {
        using TemporaryFolder folder = new();
        TinyDataset.WritePartition(folder.Path, 0, [("one", 3)]);
        using VideoDataset dataset = VideoDataset.Open(folder.File("0008x0016"), 8, 16);
        Assert.That(dataset.TotalFrames, Is.EqualTo(3));
    }

    [Test]
    public void AMissingFolderIsNamed() =>
        Assert.That(() => VideoDataset.Open("nowhere", 8, 16),
            Throws.TypeOf<DatasetException>().With.Message.EqualTo("nowhere: no such data set"));

    [Test]
    public void AnEmptyFolderSaysWhatItNeeds()
    {
        using TemporaryFolder folder = new();
        Assert.That(() => VideoDataset.Open(folder.Path, 8, 16),
            Throws.TypeOf<DatasetException>()
                .With.Message.EndsWith("no data set found; expected a folder 0008x0016 of zip files"));
    }

    [Test]
    public void AnotherSizeListsTheSizesThatAreThere()
    {
        using TemporaryFolder folder = new();
        TinyDataset.WritePartition(folder.Path, 0, [("one", 3)]);
        Directory.CreateDirectory(folder.File("0144x0256"));
        Assert.That(() => VideoDataset.Open(folder.Path, 36, 64),
            Throws.TypeOf<DatasetException>()
                .With.Message.EndsWith("no frames of size 0036x0064; available: 0008x0016, 0144x0256"));
    }

    [Test]
    public void TheSizesOfADataSetAreFound()
    {
        using TemporaryFolder folder = new();
        Directory.CreateDirectory(folder.File("0144x0256"));
        Directory.CreateDirectory(folder.File("0036x0064"));
        Directory.CreateDirectory(folder.File("notes"));
        Assert.Multiple(() =>
        {
            Assert.That(VideoDataset.FindSizes(folder.Path), Is.EqualTo(new[] { (36, 64), (144, 256) }));
            Assert.That(VideoDataset.FindSizes(folder.File("0144x0256")), Is.EqualTo(new[] { (144, 256) }));
            Assert.That(VideoDataset.FindSizes(folder.File("notes")), Is.Empty);
        });
    }

    [Test]
    public void FramesOfAnotherSizeAreRefused()
    {
        using TemporaryFolder folder = new();
        TinyDataset.WritePartition(folder.Path, 0, [("one", 3)]);
        Assert.That(() => VideoDataset.Open(folder.File("0008x0016"), 36, 64),
            Throws.TypeOf<DatasetException>().With.Message.EndsWith("partition_0000.zip: entry one/frame_000000.jpg: "
                + "expected a picture of 64x36 in 3 colours, got 16x8 in 3"));
    }

    [Test]
    public void AFolderWithoutZipsIsRefused()
    {
        using TemporaryFolder folder = new();
        Directory.CreateDirectory(folder.File("0008x0016"));
        Assert.That(() => VideoDataset.Open(folder.Path, 8, 16),
            Throws.TypeOf<DatasetException>().With.Message.EndsWith("0008x0016: the data set has no zip files"));
    }

    [TestCase(1)]
    [TestCase(10)]
    [TestCase(-1)]
    [TestCase(-100)]
    [TestCase(-1000)]
    public void AZipThatIsCutShortIsNamed(int length)
    {
        using TemporaryFolder folder = new();
        string path = TinyDataset.WritePartition(folder.Path, 0, [("one", 3)]);
        byte[] bytes = File.ReadAllBytes(path);
        File.WriteAllBytes(path, length < 0 ? bytes[..^-length] : bytes[..length]);
        Assert.That(() => VideoDataset.Open(folder.Path, 8, 16),
            Throws.TypeOf<DatasetException>().With.Message.StartsWith($"{path}: truncated"));
    }

    [Test]
    public void AZipWithAByteMissingInTheMiddleIsNamed()
    {
        using TemporaryFolder folder = new();
        string path = TinyDataset.WritePartition(folder.Path, 0, [("one", 3)]);
        byte[] bytes = File.ReadAllBytes(path);
        File.WriteAllBytes(path, [.. bytes[..100], .. bytes[101..]]);
        Assert.That(() => VideoDataset.Open(folder.Path, 8, 16),
            Throws.TypeOf<DatasetException>().With.Message.StartsWith($"{path}: ").And.Message.Contains("damaged"));
    }

    [Test]
    public void ADamagedFrameNamesZipAndEntry()
    {
        using TemporaryFolder folder = new();
        string path = TinyDataset.WritePartition(folder.Path, 0, [("one", 3)]);
        byte[] bytes = File.ReadAllBytes(path);
        int header = bytes.AsSpan().IndexOf("one/frame_000002.jpg"u8);
        bytes[header + 200] ^= 0x55;
        File.WriteAllBytes(path, bytes);
        using VideoDataset dataset = VideoDataset.Open(folder.Path, 8, 16);
        Assert.That(() => dataset.ReadFrame(0, 2, _frame), Throws.TypeOf<DatasetException>().With.Message.EqualTo(
            $"{path}: damaged: the content of entry one/frame_000002.jpg does not match its checksum"));
    }

    [Test]
    public void AnEntryThatIsNoPictureNamesZipAndEntry()
    {
        using TemporaryFolder folder = new();
        string path = TinyDataset.WritePartition(folder.Path, 0, [("one", 3)]);
        TinyDataset.Replace(path, "one/frame_000001.jpg", "not a picture"u8.ToArray());
        using VideoDataset dataset = VideoDataset.Open(folder.Path, 8, 16);
        Assert.That(() => dataset.ReadFrame(0, 1, _frame), Throws.TypeOf<DatasetException>().With.Message.StartsWith(
            $"{path}: entry one/frame_000001.jpg: not a whole picture: "));
    }

    [Test]
    public void AJpegThatEndsEarlyNamesZipAndEntry()
    {
        using TemporaryFolder folder = new();
        string path = TinyDataset.WritePartition(folder.Path, 0, [("one", 3)]);
        byte[] whole = GenKernels.Train.Video.RgbImage.EncodeJpeg(TestFrames.Noise(16, 8, seed: 1), 16, 8);
        TinyDataset.Replace(path, "one/frame_000001.jpg", whole[..^60]);
        using VideoDataset dataset = VideoDataset.Open(folder.Path, 8, 16);
        Assert.That(() => dataset.ReadFrame(0, 1, _frame), Throws.TypeOf<DatasetException>().With.Message.StartsWith(
            $"{path}: entry one/frame_000001.jpg: not a whole picture: "));
    }

    [Test]
    public void AListedFrameThatIsMissingIsNamed()
    {
        using TemporaryFolder folder = new();
        string path = TinyDataset.WritePartition(folder.Path, 0, [("one", 3)]);
        TinyDataset.Delete(path, "one/frame_000001.jpg");
        Assert.That(() => VideoDataset.Open(folder.Path, 8, 16), Throws.TypeOf<DatasetException>().With.Message.EqualTo(
            $"{path}: entry one/frame_000001.jpg is listed in frame_paths.json, but is not in the zip"));
    }

    [Test]
    public void AnotherZipIsNoPartOfADataSet()
    {
        using TemporaryFolder folder = new();
        string path = TinyDataset.WritePartition(folder.Path, 0, [("one", 1)]);
        TinyDataset.Delete(path, "frame_paths.json");
        Assert.That(() => VideoDataset.Open(folder.Path, 8, 16),
            Throws.TypeOf<DatasetException>().With.Message.Contains("no frame_paths.json in it"));
    }

    [Test]
    public void ACompressedZipIsRefused()
    {
        using TemporaryFolder folder = new();
        TinyDataset.WritePartition(folder.Path, 0, [("one", 1)], CompressionLevel.Optimal);
        Assert.That(() => VideoDataset.Open(folder.Path, 8, 16), Throws.TypeOf<DatasetException>()
            .With.Message.EndsWith("entry one/frame_000000.jpg is compressed; entries must be stored"));
    }

    [Test]
    public void AZipWith64BitFieldsIsRead()
    {
        using TemporaryFolder folder = new();
        string path = TinyDataset.WritePartition(folder.Path, 0, [("one", 2), ("two", 3)]);
        File.WriteAllBytes(path, WideZip.From(File.ReadAllBytes(path)));
        using VideoDataset dataset = VideoDataset.Open(folder.Path, 8, 16);
        dataset.ReadFrame(1, 2, _frame);
        AssertClose(TinyDataset.Frame("two", 2), "the last frame");
    }

    /// <summary>JPEG may lose less than a level on average.</summary>
    private void AssertClose(byte[] expected, string what) =>
        Assert.That(TestFrames.MeanError(_frame, expected), Is.LessThan(1), what);
}
