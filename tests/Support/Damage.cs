using System.Buffers.Binary;
using CsCheck;

namespace GenKernels.Tests.Support;

/// <summary>One kind of damage to a file.</summary>
/// <param name="Kind">Kind of the damage.</param>
/// <param name="Place">Position, taken modulo the length; odd numbers count from the end.</param>
/// <param name="Length">Length of the part that is removed, copied or inserted, from 1.</param>
/// <param name="Value">Value to write.</param>
internal sealed record Damage(DamageKind Kind, int Place, int Length, ulong Value)
{
    private static readonly ulong[] s_edges =
    [
        0, 1, 7, 8, 0x7F, 0xFF, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 0x100000000, long.MaxValue,
        unchecked((ulong)long.MinValue), ulong.MaxValue,
    ];

    /// <returns>The file with one to four damages; occasionally it is still valid.</returns>
    public static Gen<byte[]> Of(byte[] valid) =>
        One.Array[1, 4].Select(all => all.Aggregate(valid, (bytes, damage) => damage.ApplyTo(bytes)));

    private static Gen<Damage> One => Gen.Select(
        Gen.Int[0, Enum.GetValues<DamageKind>().Length - 1],
        Gen.Int[0, 1 << 20],
        Gen.Int[1, 40],
        Gen.OneOf<ulong>(Gen.OneOf<ulong>(s_edges), Gen.ULong[0, 300], Gen.ULong),
        (kind, place, length, value) => new Damage((DamageKind)kind, place, length, value));

    /// <returns>A damaged copy.</returns>
    public byte[] ApplyTo(byte[] file)
    {
        if (file.Length == 0) return [(byte)Value];
        int start = Place % 2 == 0 ? Place / 2 % file.Length : file.Length - 1 - (Place / 2 % file.Length);
        int end = Math.Min(file.Length, start + Length);
        byte[] copy = [.. file];
        switch (Kind)
        {
            case DamageKind.Bit:
                copy[start] ^= (byte)(1 << (int)(Value % 8));
                return copy;
            case DamageKind.Byte:
                copy[start] = (byte)Value;
                return copy;
            case DamageKind.Number:
                Span<byte> number = stackalloc byte[sizeof(ulong)];
                BinaryPrimitives.WriteUInt64LittleEndian(number, Value);
                int width = Math.Min(1 << (Length % 4), file.Length - start);
                number[..width].CopyTo(copy.AsSpan(start));
                return copy;
            case DamageKind.Cut:
                return copy[..start];
            case DamageKind.Lost:
                return [.. copy[..start], .. copy[end..]];
            case DamageKind.Repeated:
                return [.. copy[..end], .. copy[start..end], .. copy[end..]];
            default:
                int other = (int)(Value % (ulong)file.Length);
                return [.. copy[..start], .. copy[other..Math.Min(file.Length, other + Length)], .. copy[start..]];
        }
    }
}
