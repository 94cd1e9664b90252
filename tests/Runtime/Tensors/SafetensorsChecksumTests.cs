namespace GenKernels.Tests.Runtime;

public sealed class SafetensorsChecksumTests
{
    private TemporaryFolder _folder = null!;

    private string Path => _folder.File("a.safetensors");

    [SetUp]
    public void MakeFolder() => _folder = new TemporaryFolder();

    [TearDown]
    public void RemoveFolder() => _folder.Dispose();

    [Test]
    public void AFileIsWhatWasWritten()
    {
        Write(hasChecksum: true);
        using SafetensorsFile file = SafetensorsFile.Open(Path);
        file.VerifyChecksum();
        Assert.That(file.Metadata["data_xxh128"], Does.Match("^[0-9a-f]{32}$").And.Not.Match("^0+$"));
        Assert.That(file.ReadFloats("x"), Is.EqualTo(new[] { 1f, 2, 3 }));
        Assert.That(file.ReadIntegers("n"), Is.EqualTo(new[] { 7L }));
    }

    [Test]
    public void AnyBitOfTheDataCounts()
    {
        Write(hasChecksum: true);
        byte[] bytes = File.ReadAllBytes(Path);
        for (int place = 1; place <= (3 * sizeof(float)) + sizeof(long); place++)
        {
            byte[] damaged = [.. bytes];
            damaged[^place] ^= (byte)(1 << (place % 8));
            File.WriteAllBytes(Path, damaged);
            using SafetensorsFile file = SafetensorsFile.Open(Path);
            Assert.That(
                file.VerifyChecksum,
                Throws.TypeOf<SafetensorsException>().With.Message.StartsWith($"{Path}: the data is damaged: "));
        }
    }

    [Test]
    public void EqualContentGivesEqualBytes()
    {
        Write(hasChecksum: true);
        byte[] first = File.ReadAllBytes(Path);
        Write(hasChecksum: true);
        Assert.That(File.ReadAllBytes(Path), Is.EqualTo(first));
    }

    [Test]
    public void AFileOfOtherProgramsHasNone()
    {
        Write(hasChecksum: false);
        using SafetensorsFile file = SafetensorsFile.Open(Path);
        file.VerifyChecksum();
        Assert.That(file.Metadata.Keys, Is.EqualTo(new[] { "kind" }));
    }

    private void Write(bool hasChecksum)
    {
        SafetensorsWriter writer = new() { HasChecksum = hasChecksum };
        writer.Metadata["kind"] = "a test";
        writer.Add<float>("x", [3], new float[] { 1, 2, 3 });
        writer.Add<long>("n", [], new long[] { 7 });
        writer.Save(Path);
    }
}
