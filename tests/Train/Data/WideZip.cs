using System.Buffers.Binary;

namespace GenKernels.Tests.Train.Data;

/// <summary>
/// Rewrites the directory of a small zip as Zip64, as for more than 4 GiB: 64-bit sizes, offsets and counts.
/// </summary>
public static class WideZip
{
    private const int EndLength = 22;
    private const int EntryLength = 46;

    /// <param name="zip">A zip without a comment.</param>
    public static byte[] From(byte[] zip)
    {
        ReadOnlySpan<byte> end = zip.AsSpan(zip.Length - EndLength);
        int count = BinaryPrimitives.ReadUInt16LittleEndian(end[10..]);
        int offset = BinaryPrimitives.ReadInt32LittleEndian(end[16..]);
        List<byte> wide = [.. zip.AsSpan(0, offset)];
        ReadOnlySpan<byte> rest = zip.AsSpan(offset);
        for (int i = 0; i < count; i++)
        {
            int nameLength = BinaryPrimitives.ReadUInt16LittleEndian(rest[28..]);
            Assert.That(BinaryPrimitives.ReadUInt16LittleEndian(rest[30..]), Is.Zero, "no extra field yet");
            wide.AddRange(Entry(rest[..(EntryLength + nameLength)]));
            rest = rest[(EntryLength + nameLength)..];
        }
        int length = wide.Count - offset;
        byte[] end64 = new byte[56];
        BinaryPrimitives.WriteUInt32LittleEndian(end64, 0x06064B50);
        BinaryPrimitives.WriteInt64LittleEndian(end64.AsSpan(4), 44);
        BinaryPrimitives.WriteInt64LittleEndian(end64.AsSpan(24), count);
        BinaryPrimitives.WriteInt64LittleEndian(end64.AsSpan(32), count);
        BinaryPrimitives.WriteInt64LittleEndian(end64.AsSpan(40), length);
        BinaryPrimitives.WriteInt64LittleEndian(end64.AsSpan(48), offset);
        byte[] locator = new byte[20];
        BinaryPrimitives.WriteUInt32LittleEndian(locator, 0x07064B50);
        BinaryPrimitives.WriteInt64LittleEndian(locator.AsSpan(8), offset + length);
        BinaryPrimitives.WriteInt32LittleEndian(locator.AsSpan(16), 1);
        byte[] narrowEnd = end.ToArray();
        narrowEnd.AsSpan(8, 12).Fill(0xFF);  // counts, length and offset: see the 64-bit record
        return [.. wide, .. end64, .. locator, .. narrowEnd];
    }

    private static byte[] Entry(ReadOnlySpan<byte> entry)
    {
        byte[] extra = new byte[28];
        BinaryPrimitives.WriteUInt16LittleEndian(extra, 1);
        BinaryPrimitives.WriteUInt16LittleEndian(extra.AsSpan(2), 24);
        BinaryPrimitives.WriteInt64LittleEndian(extra.AsSpan(4), BinaryPrimitives.ReadInt32LittleEndian(entry[24..]));
        BinaryPrimitives.WriteInt64LittleEndian(extra.AsSpan(12), BinaryPrimitives.ReadInt32LittleEndian(entry[20..]));
        BinaryPrimitives.WriteInt64LittleEndian(extra.AsSpan(20), BinaryPrimitives.ReadInt32LittleEndian(entry[42..]));
        byte[] wide = [.. entry, .. extra];
        wide.AsSpan(20, 8).Fill(0xFF);
        BinaryPrimitives.WriteUInt16LittleEndian(wide.AsSpan(30), 28);
        wide.AsSpan(42, 4).Fill(0xFF);
        return wide;
    }
}
