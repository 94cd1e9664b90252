using System.Text;
using CsCheck;
using GenKernels.Train.Data;
using GenKernels.Train.Video;
using NetVips;

namespace GenKernels.Tests.Train.Data;

/// <summary>
/// Whatever happens to the files of a data set, it opens or is rejected with its own exception, in memory proportional
/// to their size. The environment variable CsCheck_Iter asks for more cases.
/// </summary>
public sealed class DatasetDamageTests
{
    private const long FixedMemory = 1 << 20, MemoryPerByte = 64;
    private readonly byte[] _frame = new byte[TinyDataset.Height * TinyDataset.Width * 3];
    private TemporaryFolder _folder = null!;
    private string _zip = "";

    [SetUp]
    public void WriteADataset()
    {
        _folder = new TemporaryFolder();
        _zip = TinyDataset.WritePartition(_folder.Path, 0, [("one", 2), ("two", 1)]);
    }

    [TearDown]
    public void RemoveFolder() => _folder.Dispose();

    [Test]
    public void ADamagedZipGivesOnlyTheTypedException([Values] bool isWide)
    {
        byte[] valid = File.ReadAllBytes(_zip);
        if (isWide) valid = WideZip.From(valid);
        Sample(Damage.Of(valid), bytes => File.WriteAllBytes(_zip, bytes));
    }

    [Test]
    public void ADamagedListOfFramesGivesOnlyTheTypedException()
    {
        byte[] valid = Encoding.UTF8.GetBytes("""{"one": ["frame_000000.jpg", "frame_000001.jpg"], "two": []}""");
        Sample(Damage.Of(valid), bytes => TinyDataset.Replace(_zip, "frame_paths.json", bytes));
    }

    [Test]
    public void ADamagedManifestGivesOnlyTheTypedException()
    {
        DatasetManifestVideo[] videos = [new("one", "a.mp4", "p", 2, 30), new("two", "b.mp4", "p", 1, 24.5)];
        DatasetManifest manifest = new(TinyDataset.Height, TinyDataset.Width, videos);
        string path = Path.Combine(Path.GetDirectoryName(_zip)!, "dataset.json");
        Sample(Damage.Of(manifest.ToJson()), bytes => File.WriteAllBytes(path, bytes));
    }

    [Test]
    public void ADamagedPictureWithARightChecksumGivesOnlyTheTypedException()
    {
        byte[] valid = RgbImage.EncodeJpeg(TinyDataset.Frame("one", 1), TinyDataset.Width, TinyDataset.Height);
        Sample(Damage.Of(valid), bytes => TinyDataset.Replace(_zip, "one/frame_000001.jpg", bytes));
    }

    [Test]
    public void ADamagedJpegGivesOnlyTheTypedExceptionInLittleMemory()
    {
        const long MostNativeMemory = 8 << 20;
        byte[] valid = RgbImage.EncodeJpeg(Video.TestFrames.Noise(64, 36, seed: 1), 64, 36);
        byte[] rgb = new byte[64 * 36 * 3];
        Damage.Of(valid).Sample(
            bytes =>
            {
                try
                {
                    RgbImage.Decode(bytes, 64, 36, rgb);
                }
                catch (VideoException fault)
                {
                    Assert.That(fault.Message, Does.Not.Contain("\n"));
                }
            },
            iter: Math.Max(500, Check.Iter), threads: 1);
        Assert.That(Stats.MemHighwater, Is.LessThan(MostNativeMemory), "native memory of all pictures so far");
    }

    [Test]
    public void APictureOf16BitsAColourIsRefused()
    {
        using Image black = Image.Black(16, 8, bands: 3).Cast(Enums.BandFormat.Ushort);
        byte[] png = black.Copy(interpretation: Enums.Interpretation.Rgb16).PngsaveBuffer(bitdepth: 16);
        Assert.That(
            () => RgbImage.Decode(png, 16, 8, new byte[16 * 8 * 3]),
            Throws.TypeOf<VideoException>().With.Message.EqualTo(
                "expected a picture with 8 bits per colour, got Ushort"));
    }

    private void Sample(Gen<byte[]> files, Action<byte[]> write) => files.Sample(
        bytes =>
        {
            write(bytes);
            ReadAll(new FileInfo(_zip).Length + bytes.Length);
        },
        iter: Math.Max(150, Check.Iter), threads: 1);

    private void ReadAll(long fileBytes)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            using VideoDataset dataset = VideoDataset.Open(_folder.Path, TinyDataset.Height, TinyDataset.Width);
            for (int video = 0; video < dataset.Videos.Count; video++)
            {
                for (int frame = 0; frame < dataset.Videos[video].FrameCount; frame++)
                {
                    dataset.ReadFrame(video, frame, _frame);
                }
            }
        }
        catch (DatasetException fault)
        {
            Assert.That(fault.Message, Does.StartWith(_folder.Path).And.Not.Contain("\n"));
        }

        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.That(allocated, Is.LessThan(FixedMemory + (MemoryPerByte * fileBytes)));
    }
}
