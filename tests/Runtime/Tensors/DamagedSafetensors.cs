using System.Buffers.Binary;
using System.Text;

namespace GenKernels.Tests.Runtime;

/// <summary>Builds safetensors files byte by byte, without the writer and its checks.</summary>
internal static class DamagedSafetensors
{
    public static byte[] Build(string header, ReadOnlySpan<byte> data) => Build(Encoding.UTF8.GetBytes(header), data);

    public static byte[] Build(ReadOnlySpan<byte> header, ReadOnlySpan<byte> data)
    {
        byte[] file = new byte[8 + header.Length + data.Length];
        BinaryPrimitives.WriteInt64LittleEndian(file, header.Length);
        header.CopyTo(file.AsSpan(8));
        data.CopyTo(file.AsSpan(8 + header.Length));
        return file;
    }

    public static void Write(string path, string header, ReadOnlySpan<byte> data) =>
        File.WriteAllBytes(path, Build(header, data));
}
