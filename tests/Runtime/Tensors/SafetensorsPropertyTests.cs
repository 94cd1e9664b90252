using CsCheck;

namespace GenKernels.Tests.Runtime;

/// <summary>Whatever the bytes, a file opens or is refused by its own exception, in memory of its own size.</summary>
public sealed class SafetensorsPropertyTests
{
    private const int CaseCount = 2000;
    private const long FixedMemory = 256 * 1024, MemoryPerByte = 64;

    private TemporaryFolder _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = new TemporaryFolder();

    [TearDown]
    public void RemoveFolder() => _folder.Dispose();

    [Test]
    public void RandomBytesGiveOnlyTheTypedException() =>
        Gen.Byte.Array[0, 64].Sample(AssertOpensOrRefuses, iter: CaseCount, threads: 1);

    [Test]
    public void RandomHeadersGiveOnlyTheTypedException()
    {
        string[] words =
        [
            "{", "}", "[", "]", ",", ":", "0", "4", "-1", "1e9", "\"a\"", "\"dtype\"", "\"shape\"", "\"F32\"",
            "\"data_offsets\"", "\"__metadata__\"", "99999999999999999999", "\"\\ud800\"", "null", " ",
        ];
        Gen.Int[0, words.Length - 1].Select(index => words[index]).Array[0, 30]
            .Select(header => DamagedSafetensors.Build("{" + string.Concat(header), new byte[4]))
            .Sample(AssertOpensOrRefuses, iter: CaseCount, threads: 1);
    }

    [Test]
    public void AValidFileWithChangedBytesGivesOnlyTheTypedException()
    {
        byte[] valid = ValidFile();
        Gen.Select(Gen.Int[0, valid.Length - 1], Gen.Byte).Array[1, 4]
            .Select(changes =>
            {
                byte[] file = [.. valid];
                foreach ((int place, byte value) in changes) file[place] = value;
                return file;
            })
            .Sample(AssertOpensOrRefuses, iter: CaseCount, threads: 1);
    }

    [Test]
    public void EveryProperStartOfAValidFileIsRefused()
    {
        byte[] valid = ValidFile();
        for (int length = 0; length < valid.Length; length++)
        {
            string path = WriteFile(valid[..length]);
            Assert.That(
                () => SafetensorsFile.Open(path).Dispose(), Throws.TypeOf<SafetensorsException>(), $"{length} bytes");
        }
    }

    private byte[] ValidFile()
    {
        SafetensorsWriter writer = new() { Metadata = { ["config"] = "{}" } };
        writer.Add<float>("weight", [2, 3], new float[6]);
        writer.Add<long>("step", [], new long[1]);
        writer.Add<byte>("empty", [0], ReadOnlyMemory<byte>.Empty);
        string path = _folder.File("valid.safetensors");
        writer.Save(path);
        return File.ReadAllBytes(path);
    }

    private void AssertOpensOrRefuses(byte[] bytes)
    {
        string path = WriteFile(bytes);
        long before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            using SafetensorsFile file = SafetensorsFile.Open(path);
            foreach (string name in file.Names) file.ReadFloats(name);
        }
        catch (SafetensorsException fault)
        {
            Assert.That(fault.Message, Does.StartWith(path).And.Not.Contain("\n"));
        }

        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.That(allocated, Is.LessThan(FixedMemory + (MemoryPerByte * bytes.Length)));
    }

    private string WriteFile(byte[] bytes)
    {
        string path = _folder.File("x.safetensors");
        File.WriteAllBytes(path, bytes);
        return path;
    }
}
