using System.Buffers.Binary;

namespace GenKernels.Tests.Runtime;

public sealed class SafetensorsRefusalTests
{
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = new TemporaryFolder();

    [TearDown]
    public void RemoveFolder() => _folder.Dispose();

    [Test]
    public void RefusesAFileTooShortForALength([Values(1, 7)] int length) =>
        AssertRefused(new byte[length], $"the file has {length} bytes, 8 are needed for the header length");

    [Test]
    public void RefusesAnEmptyFileAndWhatCouldBeAPipe() => AssertRefused([], "is empty, or not a regular file");

    [TestCase(
        100_000_001UL,
        "the header length is 100000001 bytes, the limit is 100000000; not a safetensors file, or damaged")]
    [TestCase(ulong.MaxValue, "the header length is 18446744073709551615 bytes, the limit is 100000000")]
    [TestCase(3UL, "the header length is 3 bytes, only 2 follow")]
    [TestCase(0UL, "the header does not start with '{'")]
    public void RefusesAHeaderLength(ulong length, string fault)
    {
        byte[] file = new byte[10];
        BinaryPrimitives.WriteUInt64LittleEndian(file, length);
        AssertRefused(file, fault);
    }

    [TestCase("""[]""", "the header does not start with '{'")]
    [TestCase(""" {}""", "the header does not start with '{'")]
    [TestCase("""{""", "the header is not valid JSON at line 1, byte ")]
    [TestCase("""{} x""", "the header is not valid JSON at line 1, byte ")]
    [TestCase("""{}{}""", "the header is not valid JSON at line 1, byte ")]
    [TestCase("""{"a":{},}""", "tensor 'a' has no dtype")]
    [TestCase("""{"\ud800":{}}""", "the header escapes half a surrogate pair")]
    [TestCase("""{"a":1}""", "tensor 'a' must be an object")]
    [TestCase("""{"__metadata__":[]}""", "'__metadata__' must be an object")]
    [TestCase("""{"__metadata__":{"k":1}}""", "the metadata 'k' must be a string")]
    [TestCase("""{"__metadata__":{"k":"1","k":"2"}}""", "the metadata 'k' occurs twice")]
    [TestCase("""{"__metadata__":{},"__metadata__":{}}""", "the name '__metadata__' occurs twice")]
    public void RefusesAHeader(string header, string fault) =>
        AssertRefused(DamagedSafetensors.Build(header, []), fault);

    [Test]
    public void RefusesBytesThatAreNotUtf8() =>
        AssertRefused(DamagedSafetensors.Build([(byte)'{', 0xFF, (byte)'}'], []), "the header is not valid UTF-8");

    [TestCase("""{"dtype":"F32","shape":[1]}""", "tensor 'a' has no data_offsets")]
    [TestCase("""{"dtype":"F32","data_offsets":[0,4]}""", "tensor 'a' has no shape")]
    [TestCase("""{"dtype":"F32","dtype":"F32"}""", "tensor 'a' has dtype twice")]
    [TestCase("""{"shape":[1],"shape":[1]}""", "tensor 'a' has shape twice")]
    [TestCase("""{"kind":1}""", "tensor 'a' has the unknown field 'kind'")]
    [TestCase("""{"dtype":1}""", "the dtype of tensor 'a' must be a string")]
    [TestCase("""{"dtype":"F8_E4M3"}""", "tensor 'a' has the dtype 'F8_E4M3', which is unknown here")]
    [TestCase("""{"dtype":"f32"}""", "tensor 'a' has the dtype 'f32', which is unknown here")]
    [TestCase("""{"shape":1}""", "the shape of tensor 'a' must be an array")]
    [TestCase("""{"shape":[-1]}""", "the shape of tensor 'a' must be integers from 0 to 9223372036854775807")]
    [TestCase("""{"shape":[1.0]}""", "the shape of tensor 'a' must be integers from 0 to 9223372036854775807")]
    [TestCase("""{"shape":["1"]}""", "the shape of tensor 'a' must be integers from 0 to 9223372036854775807")]
    [TestCase("""{"shape":[[1]]}""", "the shape of tensor 'a' must be integers from 0 to 9223372036854775807")]
    [TestCase(
        """{"data_offsets":[0,9223372036854775808]}""",
        "the data_offsets of tensor 'a' must be integers from 0 to 9223372036854775807")]
    [TestCase(
        """{"dtype":"U8","shape":[2147483648],"data_offsets":[0,4]}""",
        "tensor 'a' has the size 2147483648, 2147483647 is the limit")]
    [TestCase(
        """{"dtype":"U8","shape":[2147483647,2147483647,2147483647],"data_offsets":[0,4]}""",
        "tensor 'a' has an impossible shape: the product of a shape's sizes, zeros left out, must be less")]
    [TestCase(
        """{"dtype":"F64","shape":[2147483647,2147483647],"data_offsets":[0,4]}""",
        "tensor 'a' has 4 bytes, which is not the size of Float64 [2147483647, 2147483647]")]
    [TestCase(
        """{"dtype":"F32","shape":[2],"data_offsets":[0,4]}""",
        "tensor 'a' has 4 bytes, which is not the size of Float32 [2]")]
    [TestCase(
        """{"dtype":"F32","shape":[1],"data_offsets":[0,4,8]}""",
        "tensor 'a' has 3 data_offsets, 2 are needed")]
    [TestCase(
        """{"dtype":"F32","shape":[1],"data_offsets":[4,0]}""",
        "tensor 'a' lies at bytes 4 to 0, out of the data's 0 to 4")]
    [TestCase(
        """{"dtype":"F32","shape":[2],"data_offsets":[0,8]}""",
        "tensor 'a' lies at bytes 0 to 8, out of the data's 0 to 4")]
    public void RefusesATensor(string tensor, string fault) =>
        AssertRefused(DamagedSafetensors.Build($$"""{"a":{{tensor}}}""", new byte[4]), fault);

    [TestCase(0, 4, 4, 8, "a", "the name 'a' occurs twice")]
    [TestCase(0, 4, 0, 4, "b", "tensor 'b' overlaps the one before it")]
    [TestCase(0, 4, 2, 6, "b", "tensor 'b' overlaps the one before it")]
    [TestCase(4, 8, 1, 5, "b", "bytes 0 to 1 of the data belong to no tensor")]
    [TestCase(0, 4, 5, 9, "b", "bytes 4 to 5 of the data belong to no tensor")]
    [TestCase(0, 4, 4, 8, "b", "1 bytes follow the last tensor")]
    public void RefusesTwoTensorsThatDoNotFillTheData(
        int start, int end, int nextStart, int nextEnd, string name, string fault)
    {
        string header = $$"""
            {"a":{"dtype":"F32","shape":[1],"data_offsets":[{{start}},{{end}}]},
             "{{name}}":{"dtype":"F32","shape":[1],"data_offsets":[{{nextStart}},{{nextEnd}}]}
            }
            """;
        AssertRefused(DamagedSafetensors.Build(header, new byte[9]), fault);
    }

    [Test]
    public void AnEmptyTensorInsideAnotherOverlapsIt()
    {
        const string Header = """
            {"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[0],"data_offsets":[4,4]}}
            """;
        AssertRefused(DamagedSafetensors.Build(Header, new byte[8]), "tensor 'b' overlaps the one before it");
    }

    [Test]
    public void AMessageStaysOnOneShortLine()
    {
        string header = $$"""{"a\nb{{new string('x', 1000)}}":1}""";
        string path = WriteFile(DamagedSafetensors.Build(header, []));
        Assert.That(
            () => SafetensorsFile.Open(path).Dispose(),
            Throws.TypeOf<SafetensorsException>().With.Message.StartsWith($"{path}: tensor 'a?bxxx")
                .And.Message.Length.LessThan(path.Length + 150));
    }

    [Test]
    public void RefusesAFolder() => Assert.That(
        () => SafetensorsFile.Open(_folder.Path).Dispose(),
        Throws.TypeOf<SafetensorsException>().With.Message.EqualTo($"{_folder.Path}: is a folder; expected a file"));

    private void AssertRefused(byte[] file, string fault)
    {
        string path = WriteFile(file);
        Assert.That(
            () => SafetensorsFile.Open(path).Dispose(),
            Throws.TypeOf<SafetensorsException>().With.Message.StartsWith($"{path}: {fault}"));
    }

    private string WriteFile(byte[] file)
    {
        string path = _folder.File("x.safetensors");
        File.WriteAllBytes(path, file);
        return path;
    }
}
