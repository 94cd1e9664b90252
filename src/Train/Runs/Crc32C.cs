using System.Buffers.Binary;
using System.Numerics;

namespace GenKernels.Train.Runs;

/// <summary>The checksum of TFRecord files: CRC-32 with Castagnoli's polynomial (RFC 3720, section 12.1).</summary>
internal static class Crc32C
{
    private const uint MaskDelta = 0xA282EAD8;

    public static uint Of(ReadOnlySpan<byte> bytes)
    {
        uint state = uint.MaxValue;
        for (; bytes.Length >= 8; bytes = bytes[8..])
        {
            state = BitOperations.Crc32C(state, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        }

        foreach (byte value in bytes) state = BitOperations.Crc32C(state, value);
        return ~state;
    }

    /// <summary>The masked form in which files store a checksum, so that checksums can be taken of data that contains
    /// checksums.</summary>
    public static uint Masked(ReadOnlySpan<byte> bytes) => BitOperations.RotateRight(Of(bytes), 15) + MaskDelta;
}
