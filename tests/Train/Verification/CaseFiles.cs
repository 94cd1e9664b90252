using System.Buffers.Binary;

namespace GenKernels.Tests.Train.Verification;

/// <summary>Files of recorded cases for tests.</summary>
internal static class CaseFiles
{
    /// <summary>Writes a file of Float32 tensors.</summary>
    internal static void Write(string path, string config, params (string Name, Shape Shape, float[] Values)[] tensors)
    {
        SafetensorsWriter writer = new();
        writer.Metadata["config"] = config;
        foreach ((string name, Shape shape, float[] values) in tensors) writer.Add<float>(name, shape, values);
        writer.Save(path);
    }

    /// <summary>Copies a file, with 1 added to the first value of a tensor.</summary>
    internal static void CopyDamaged(string source, string target, string tensor)
    {
        byte[] bytes = File.ReadAllBytes(source);
        using SafetensorsFile file = SafetensorsFile.Open(source);
        long header = BinaryPrimitives.ReadInt64LittleEndian(bytes);
        Span<byte> value = bytes.AsSpan((int)(sizeof(long) + header + file.Entry(tensor).Offset), sizeof(float));
        BinaryPrimitives.WriteSingleLittleEndian(value, BinaryPrimitives.ReadSingleLittleEndian(value) + 1);
        File.WriteAllBytes(target, bytes);
    }
}
