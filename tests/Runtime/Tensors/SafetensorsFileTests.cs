using GenKernels.Tests.Golden;

namespace GenKernels.Tests.Runtime;

public sealed class SafetensorsFileTests
{
    private static readonly float[] s_values = [0, 1, -2.5f, 1024, 6.1035156e-05f, float.PositiveInfinity];

    private TemporaryFolder _folder = null!;

    private string FilePath => _folder.File("x.safetensors");

    [SetUp]
    public void MakeFolder() => _folder = new TemporaryFolder();

    [TearDown]
    public void RemoveFolder() => _folder.Dispose();

    [Test]
    public void FloatsOfEveryTypeComeBack()
    {
        SafetensorsWriter writer = new();
        writer.Add<double>("F64", [2, 3], Array.ConvertAll(s_values, value => (double)value));
        writer.Add<float>("F32", [2, 3], s_values);
        writer.Add<Half>("F16", [2, 3], Array.ConvertAll(s_values, value => (Half)value));
        writer.Add<BFloat16>("BF16", [2, 3], Array.ConvertAll(s_values, value => (BFloat16)value));
        writer.Save(FilePath);

        using SafetensorsFile file = SafetensorsFile.Open(FilePath);
        Assert.That(file.Names, Is.EqualTo((string[])["F64", "F32", "F16", "BF16"]));
        foreach (string name in file.Names)
        {
            Assert.That(file.ReadFloats(name), Is.EqualTo(s_values), name);
            Assert.That(file.Entry(name).Shape, Is.EqualTo(Shape.Create([2, 3])), name);
        }
    }

    [Test]
    public void IntegersOfEveryTypeComeBack()
    {
        SafetensorsWriter writer = new();
        writer.Add<long>("I64", [3], (long[])[0, long.MinValue, long.MaxValue]);
        writer.Add<int>("I32", [3], (int[])[0, int.MinValue, int.MaxValue]);
        writer.Add<byte>("U8", [3], (byte[])[0, 1, 255]);
        writer.Save(FilePath);

        using SafetensorsFile file = SafetensorsFile.Open(FilePath);
        Assert.That(file.ReadIntegers("I64"), Is.EqualTo((long[])[0, long.MinValue, long.MaxValue]));
        Assert.That(file.ReadIntegers("I32"), Is.EqualTo((long[])[0, int.MinValue, int.MaxValue]));
        Assert.That(file.ReadIntegers("U8"), Is.EqualTo((long[])[0, 1, 255]));
        Assert.That(file.ReadFloats("I64"), Is.EqualTo((float[])[0, long.MinValue, long.MaxValue]));
        Assert.That(file.ReadFloats("I32"), Is.EqualTo((float[])[0, int.MinValue, int.MaxValue]));
        Assert.That(file.ReadFloats("U8"), Is.EqualTo((float[])[0, 1, 255]));
    }

    [Test]
    public void ScalarsEmptyTensorsMetadataAndAnyNameComeBack()
    {
        SafetensorsWriter writer = new() { Metadata = { ["é \"quoted\""] = "line\nbreak", ["a"] = "" } };
        writer.Add<float>("scalar", [], (float[])[7]);
        writer.Add<float>("empty \u00e9\U0001F600\"\\", [0, 5], ReadOnlyMemory<float>.Empty);
        writer.Add<byte>("", [1], (byte[])[9]);
        writer.Save(FilePath);

        using SafetensorsFile file = SafetensorsFile.Open(FilePath);
        Assert.That(file.Metadata, Is.EquivalentTo(writer.Metadata));
        Assert.That(file.Entry("scalar"), Is.EqualTo(new SafetensorsEntry("scalar", ElementType.Float32, [], 4)
        {
            Offset = file.Entry("scalar").Offset,
        }));
        Assert.That(file.ReadFloats("scalar"), Is.EqualTo((float[])[7]));
        Assert.That(file.Entry("empty \u00e9\U0001F600\"\\").Shape, Is.EqualTo(Shape.Create([0, 5])));
        Assert.That(file.ReadFloats("empty \u00e9\U0001F600\"\\"), Is.Empty);
        Assert.That(file.ReadFloats(""), Is.EqualTo((float[])[9]));
    }

    [Test]
    public void ABooleanIsAByte()
    {
        DamagedSafetensors.Write(FilePath, """{"x":{"dtype":"BOOL","shape":[2],"data_offsets":[0,2]}}""", [1, 0]);
        using SafetensorsFile file = SafetensorsFile.Open(FilePath);
        Assert.That(file.Entry("x").ElementType, Is.EqualTo(ElementType.UInt8));
        Assert.That(file.ReadFloats("x"), Is.EqualTo((float[])[1, 0]));
    }

    [Test]
    public void AFileWithoutTensorsIsLegal()
    {
        DamagedSafetensors.Write(FilePath, "{}  ", []);
        using SafetensorsFile file = SafetensorsFile.Open(FilePath);
        Assert.That(file.Names, Is.Empty);
        Assert.That(file.Metadata, Is.Empty);
    }

    [Test]
    public void CopyToFillsTheTargetAndRefusesAnotherLength()
    {
        SafetensorsWriter writer = new();
        writer.Add<byte>("x", [3], (byte[])[1, 2, 3]);
        writer.Save(FilePath);

        using SafetensorsFile file = SafetensorsFile.Open(FilePath);
        byte[] target = new byte[3];
        file.CopyTo("x", target);
        Assert.That(target, Is.EqualTo((byte[])[1, 2, 3]));
        Assert.That(
            () => file.CopyTo("x", new byte[4]),
            Throws.ArgumentException.With.Message.Contains("tensor 'x' has 3 bytes, the target 4"));
    }

    [Test]
    public void AnUnknownNameAndFloatsAskedAsIntegersAreRefused()
    {
        SafetensorsWriter writer = new();
        writer.Add<float>("x", [1], (float[])[1]);
        writer.Save(FilePath);

        using SafetensorsFile file = SafetensorsFile.Open(FilePath);
        Assert.That(file.Contains("x"), Is.True);
        Assert.That(file.Contains("y"), Is.False);
        Assert.That(
            () => file.ReadFloats("y"),
            Throws.TypeOf<SafetensorsException>().With.Message.EqualTo($"{FilePath}: there is no tensor 'y'"));
        Assert.That(
            () => file.ReadIntegers("x"),
            Throws.TypeOf<SafetensorsException>().With.Message.Contains("must hold integers, it holds Float32"));
    }

    [Test]
    public void ADisposedFileGivesNoBytes()
    {
        SafetensorsWriter writer = new();
        writer.Add<float>("x", [1], (float[])[1]);
        writer.Save(FilePath);

        SafetensorsFile file = SafetensorsFile.Open(FilePath);
        file.Dispose();
        file.Dispose();
        Assert.That(() => file.ReadFloats("x"), Throws.TypeOf<ObjectDisposedException>());
    }

    [Test]
    public void ARecordedFileIsReadWhole()
    {
        using SafetensorsFile file = GoldenFiles.Open("ops/bias_act.safetensors");
        Assert.That(file.Metadata["description"], Does.StartWith("bias_act reference"));
        Assert.That(file.Names, Has.Some.StartsWith("case0.in."));
        foreach (string name in file.Names)
        {
            Assert.That(file.ReadFloats(name), Has.Length.EqualTo(file.Entry(name).Shape.ElementCount), name);
        }
    }
}
