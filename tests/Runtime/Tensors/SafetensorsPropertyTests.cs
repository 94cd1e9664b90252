using System.Buffers.Binary;
using CsCheck;

namespace GenKernels.Tests.Runtime;

/// <summary>
/// Whatever the bytes, a file opens or is rejected with its own exception, in memory proportional to its size. The
/// environment variable CsCheck_Iter asks for more cases.
/// </summary>
public sealed class SafetensorsPropertyTests
{
    private static readonly long s_caseCount = Math.Max(2000, Check.Iter);
    private const long FixedMemory = 256 * 1024, MemoryPerByte = 64;

    private TemporaryFolder _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = new TemporaryFolder();

    [TearDown]
    public void RemoveFolder() => _folder.Dispose();

    [Test]
    public void RandomBytesGiveOnlyTheTypedException() =>
        Gen.Byte.Array[0, 64].Sample(AssertOpensOrRefuses, iter: s_caseCount, threads: 1);

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
            .Sample(AssertOpensOrRefuses, iter: s_caseCount, threads: 1);
    }

    [Test]
    public void AValidFileWithDamageGivesOnlyTheTypedException() =>
        Damage.Of(ValidFile()).Sample(AssertOpensOrRefuses, iter: s_caseCount, threads: 1);

    [Test]
    public void DamagedHeadersOfTheRightLengthGiveOnlyTheTypedException()
    {
        byte[] valid = ValidFile();
        int headerLength = BinaryPrimitives.ReadInt32LittleEndian(valid);
        byte[] data = valid[(8 + headerLength)..];
        Damage.Of(valid[8..(8 + headerLength)])
            .Select(header => DamagedSafetensors.Build(header, data))
            .Sample(AssertOpensOrRefuses, iter: s_caseCount, threads: 1);
    }

    [TestCase("[")]
    [TestCase("{\"a\":")]
    [TestCase("{\"a\":{\"shape\":[")]
    [TestCase("{\"__metadata__\":{\"a\":")]
    public void ADeepHeaderIsRefusedInLittleMemory(string opening)
    {
        string header = "{\"x\":" + string.Concat(Enumerable.Repeat(opening, 100_000));
        AssertOpensOrRefuses(DamagedSafetensors.Build(header, []));
    }

    [Test]
    public void AHeaderSaidToBeHugeIsRefusedInLittleMemory(
        [Values(99_999_999, 100_000_001, long.MaxValue, -1)] long length)
    {
        byte[] file = ValidFile();
        BinaryPrimitives.WriteInt64LittleEndian(file, length);
        AssertOpensOrRefuses(file);
        Assert.That(
            () => SafetensorsFile.Open(_folder.File("x.safetensors")),
            Throws.TypeOf<SafetensorsException>().With.Message.Contains("the header length is"));
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
