using System.Buffers.Binary;
using System.Text;

namespace GenKernels.Tests.Runtime;

public sealed class SafetensorsWriterTests
{
    private TemporaryFolder _folder = null!;

    private string FilePath => _folder.File("x.safetensors");

    [SetUp]
    public void MakeFolder() => _folder = new TemporaryFolder();

    [TearDown]
    public void RemoveFolder() => _folder.Dispose();

    [Test]
    public void TheFileIsTheFormatByteForByte()
    {
        SafetensorsWriter writer = new() { Metadata = { ["k"] = "v" } };
        writer.Add<byte>("c", [1], (byte[])[7]);
        writer.Add<int>("b", [1, 1], (int[])[0x01020304]);
        writer.Add<int>("a", [], (int[])[-1]);
        writer.Save(FilePath);

        byte[] file = File.ReadAllBytes(FilePath);
        int headerLength = BinaryPrimitives.ReadInt32LittleEndian(file);
        const string Header = """
            {"__metadata__":{"k":"v"},"a":{"dtype":"I32","shape":[],"data_offsets":[0,4]},
            "b":{"dtype":"I32","shape":[1,1],"data_offsets":[4,8]},
            "c":{"dtype":"U8","shape":[1],"data_offsets":[8,9]}}
            """;
        string actual = Encoding.UTF8.GetString(file, 8, headerLength);
        Assert.That(actual.TrimEnd(' '), Is.EqualTo(Header.ReplaceLineEndings("")));
        Assert.That(headerLength % 8, Is.Zero);
        Assert.That(file[(8 + headerLength)..], Is.EqualTo((byte[])[255, 255, 255, 255, 4, 3, 2, 1, 7]));
    }

    [Test]
    public void EqualContentGivesEqualBytesInWhateverOrderItIsAdded()
    {
        string other = _folder.File("y.safetensors");
        SafetensorsWriter first = new() { Metadata = { ["m"] = "1", ["n"] = "2" } };
        first.Add<float>("x", [1], (float[])[1]);
        first.Add<float>("y", [1], (float[])[2]);
        first.Save(FilePath);
        SafetensorsWriter second = new() { Metadata = { ["n"] = "2", ["m"] = "1" } };
        second.Add<float>("y", [1], (float[])[2]);
        second.Add<float>("x", [1], (float[])[1]);
        second.Save(other);
        Assert.That(File.ReadAllBytes(other), Is.EqualTo(File.ReadAllBytes(FilePath)));
    }

    [Test]
    public void ASourceThatWritesTooLittleOrTooMuchIsRefusedAndLeavesNoFile([Values(3, 5)] int length)
    {
        SafetensorsWriter writer = new();
        writer.Add("x", ElementType.Float32, [1], stream => stream.Write(new byte[length]));
        Assert.That(
            () => writer.Save(FilePath),
            Throws.TypeOf<SafetensorsException>().With.Message.EqualTo(
                $"{FilePath}: tensor 'x' has 4 bytes, {length} were written"));
        Assert.That(_folder.FileNames(), Is.Empty);
    }

    [Test]
    public void RefusesATakenOrReservedNameAndAnotherNumberOfValues()
    {
        SafetensorsWriter writer = new();
        writer.Add<float>("x", [1], new float[1]);
        Assert.That(
            () => writer.Add<float>("x", [1], new float[1]),
            Throws.ArgumentException.With.Message.EqualTo("the name 'x' occurs twice"));
        Assert.That(
            () => writer.Add<float>("__metadata__", [1], new float[1]),
            Throws.ArgumentException.With.Message.EqualTo("the name '__metadata__' is reserved"));
        Assert.That(
            () => writer.Add<float>("y", [2, 3], new float[5]),
            Throws.ArgumentException.With.Message.EqualTo("tensor 'y' of shape [2, 3] needs 6 values, got 5"));
        Assert.That(
            () => writer.Add("z", ElementType.Float64, [int.MaxValue, int.MaxValue], _ => { }),
            Throws.ArgumentException.With.Message.Contains("passes 2^63 bytes"));
    }
}
