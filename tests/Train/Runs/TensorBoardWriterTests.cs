using System.Buffers.Binary;
using System.Text;
using GenKernels.Train.Runs;

namespace GenKernels.Tests.Train.Runs;

public sealed class TensorBoardWriterTests
{
    // The wall time, 1,700,000,000.25, as the 8 bytes of a little-endian double after its tag: field 1, 64 bits.
    private static readonly byte[] s_wallTime = [0x09, .. BitConverter.GetBytes(FixedClock.Seconds)];

    private TemporaryFolder _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = new TemporaryFolder();

    [TearDown]
    public void RemoveFolder() => _folder.Dispose();

    [Test]
    public void AFileStartsWithItsVersion()
    {
        byte[][] records = Write(_ => { });
        Assert.That(records, Has.Length.EqualTo(1));
        Assert.That(records[0], Is.EqualTo((byte[])[.. s_wallTime, 0x10, 0, 0x1A, 13, .. "brain.Event:2"u8]));
        string name = _folder.FileNames().Single();
        Assert.That(name, Does.StartWith("events.out.tfevents.1700000000."));
    }

    [Test]
    public void AScalarIsASummaryOfOneFloat()
    {
        byte[] record = Write(writer => writer.Scalar("loss", 1.5, step: 300))[1];
        byte[] value = [0x0A, 4, .. "loss"u8, 0x15, 0, 0, 0xC0, 0x3F];  // tag, simple_value
        byte[] summary = [0x0A, (byte)value.Length, .. value];
        Assert.That(record, Is.EqualTo((byte[])
        [
            .. s_wallTime, 0x10, 0xAC, 0x02, 0x2A, (byte)summary.Length, .. summary,
        ]));
    }

    [TestCase(0, 1)]
    [TestCase(2, 3)]
    [TestCase(3, 3)]
    [TestCase(4, 2)]
    [TestCase(6, 4)]
    public void AnImageIsItsPngWithTheSizeReadFromIt(byte colorType, byte channelCount)
    {
        byte[] png =
        [
            0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10, 0, 0, 0, 13, .. "IHDR"u8,
            0, 0, 0, 64, 0, 0, 0, 36, 8, colorType,
        ];
        byte[] record = Write(writer => writer.Image("x", png, step: 1))[1];
        byte[] image = [0x08, 36, 0x10, 64, 0x18, channelCount, 0x22, (byte)png.Length, .. png];
        byte[] value = [0x0A, 1, (byte)'x', 0x22, (byte)image.Length, .. image];
        byte[] summary = [0x0A, (byte)value.Length, .. value];
        Assert.That(record, Is.EqualTo((byte[])
        [
            .. s_wallTime, 0x10, 1, 0x2A, (byte)summary.Length, .. summary,
        ]));
    }

    [Test]
    public void AResumedRunTellsTheBoardToForgetLaterSteps()
    {
        byte[][] records = Write(_ => { }, resumedStep: 15);
        Assert.That(records[1], Is.EqualTo((byte[])[.. s_wallTime, 0x10, 16, 0x3A, 2, 0x08, 1]));
    }

    [Test]
    public void LengthsBeyondOneByteAreWrittenAsVarints()
    {
        string tag = new('t', 200);
        byte[] record = Write(writer => writer.Scalar(tag, 0, step: 0))[1];
        byte[] value = [0x0A, 0xC8, 0x01, .. Encoding.ASCII.GetBytes(tag), 0x15, 0, 0, 0, 0];  // 208 bytes
        Assert.That(record, Is.EqualTo((byte[])
        [
            .. s_wallTime, 0x10, 0, 0x2A, 0xD3, 0x01, 0x0A, 0xD0, 0x01, .. value,
        ]));
    }

    [Test]
    public void EveryEventIsReadableBeforeTheFileIsClosed()
    {
        using TensorBoardWriter writer = new(_folder.Path);
        writer.Scalar("loss", 1, step: 0);
        Assert.That(ReadRecords(writer.FilePath), Has.Length.EqualTo(2));
    }

    [Test]
    public void TwoWritersOfOneSecondHaveTwoFiles()
    {
        using TensorBoardWriter first = new(_folder.Path, clock: new FixedClock());
        using TensorBoardWriter second = new(_folder.Path, clock: new FixedClock());
        Assert.That(first.FilePath, Is.Not.EqualTo(second.FilePath));
    }

    [Test]
    public void RefusesAnImageThatIsNoPng()
    {
        using TensorBoardWriter writer = new(_folder.Path);
        Assert.That(
            () => writer.Image("frames", new byte[100], step: 0),
            Throws.ArgumentException.With.Message.EqualTo(
                "the image 'frames' must be a PNG file, got 100 other bytes"));
    }

    private byte[][] Write(Action<TensorBoardWriter> write, long? resumedStep = null)
    {
        using (TensorBoardWriter writer = new(_folder.Path, resumedStep, new FixedClock())) write(writer);
        return ReadRecords(Directory.GetFiles(_folder.Path).Single());
    }

    private static byte[][] ReadRecords(string path)
    {
        using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        byte[] file = new byte[stream.Length];
        stream.ReadExactly(file);
        List<byte[]> records = [];
        for (int start = 0; start < file.Length;)
        {
            ReadOnlySpan<byte> rest = file.AsSpan(start);
            int length = (int)BinaryPrimitives.ReadUInt64LittleEndian(rest);
            Assert.That(BinaryPrimitives.ReadUInt32LittleEndian(rest[8..]), Is.EqualTo(Crc32C.Masked(rest[..8])));
            byte[] record = rest.Slice(12, length).ToArray();
            Assert.That(
                BinaryPrimitives.ReadUInt32LittleEndian(rest[(12 + length)..]), Is.EqualTo(Crc32C.Masked(record)));
            records.Add(record);
            start += 16 + length;
        }

        return [.. records];
    }
}
