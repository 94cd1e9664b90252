using System.Buffers.Binary;
using System.Text;

namespace GenKernels.Train.Data;

/// <summary>Reads the central directory at the end of a zip file.</summary>
internal sealed class ZipDirectory(string path, long fileLength, ZipDirectory.ReadAt readAt)
{
    private const uint EndSignature = 0x06054B50;
    private const int EndLength = 22;
    private const int LongestComment = ushort.MaxValue;
    private const uint Locator64Signature = 0x07064B50;
    private const int Locator64Length = 20;
    private const uint End64Signature = 0x06064B50;
    private const int End64Length = 56;
    private const uint EntrySignature = 0x02014B50;
    private const int EntryLength = 46;
    private const ushort Extra64 = 1;

    /// <summary>Fills <paramref name="bytes"/> from the file at <paramref name="offset"/>.</summary>
    public delegate void ReadAt(long offset, Span<byte> bytes);

    /// <exception cref="DatasetException">The file is not a zip, truncated or damaged, or an entry is
    /// compressed.</exception>
    public Dictionary<string, StoredEntry> ReadEntries()
    {
        (long offset, long length, long count) = FindDirectory();
        if (offset < 0 || length < 0 || offset > fileLength - length || length > Array.MaxLength)
        {
            throw Damaged($"its directory should be {length} bytes at {offset}, the file has {fileLength}");
        }
        byte[] directory = new byte[length];
        readAt(offset, directory);
        Dictionary<string, StoredEntry> entries = [];
        ReadOnlySpan<byte> rest = directory;
        for (long i = 0; i < count; i++)
        {
            if (rest.Length < EntryLength || UInt32(rest, 0) != EntrySignature)
            {
                throw Damaged($"its directory ends after {i} of {count} entries");
            }
            int size = EntryLength + UInt16(rest, 28) + UInt16(rest, 30) + UInt16(rest, 32);
            if (rest.Length < size) throw Damaged($"its directory ends within entry {i} of {count}");
            (string name, StoredEntry entry) = ReadEntry(rest[..size]);
            entries[name] = entry;
            rest = rest[size..];
        }
        return entries;
    }

    private (long Offset, long Length, long Count) FindDirectory()
    {
        int tailLength = (int)Math.Min(fileLength, EndLength + LongestComment);
        byte[] tail = new byte[tailLength];
        readAt(fileLength - tailLength, tail);
        for (int place = tailLength - EndLength; place >= 0; place--)
        {
            ReadOnlySpan<byte> end = tail.AsSpan(place);
            if (UInt32(end, 0) != EndSignature) continue;
            return FindDirectory64(fileLength - tailLength + place)
                ?? (UInt32(end, 16), UInt32(end, 12), UInt16(end, 10));
        }
        throw new DatasetException($"{path}: truncated or not a zip: the directory at the end is missing");
    }

    /// <summary>
    /// Zip64 repeats the end record with wider fields; a locator before the end record gives its offset.
    /// </summary>
    private (long Offset, long Length, long Count)? FindDirectory64(long endOffset)
    {
        if (endOffset < Locator64Length) return null;
        byte[] locator = new byte[Locator64Length];
        readAt(endOffset - Locator64Length, locator);
        if (UInt32(locator, 0) != Locator64Signature) return null;

        byte[] end = new byte[End64Length];
        readAt(Int64(locator, 8), end);
        if (UInt32(end, 0) != End64Signature) throw Damaged("its zip64 directory is not where it should be");
        return (Int64(end, 48), Int64(end, 40), Int64(end, 32));
    }

    private (string Name, StoredEntry Entry) ReadEntry(ReadOnlySpan<byte> record)
    {
        int nameLength = UInt16(record, 28);
        string name = Encoding.UTF8.GetString(record.Slice(EntryLength, nameLength));
        bool isCompressed = UInt16(record, 10) != 0;
        if (isCompressed) throw new DatasetException($"{path}: entry {name} is compressed; entries must be stored");

        ReadOnlySpan<byte> wide = Wide(record.Slice(EntryLength + nameLength, UInt16(record, 30)));
        if (UInt32(record, 24) == uint.MaxValue) TakeWide(ref wide, name);
        long length = UInt32(record, 20) == uint.MaxValue ? TakeWide(ref wide, name) : UInt32(record, 20);
        long offset = UInt32(record, 42) == uint.MaxValue ? TakeWide(ref wide, name) : UInt32(record, 42);
        bool isPossible = length >= 0 && length <= Math.Min(fileLength, Array.MaxLength);
        if (!isPossible) throw Damaged($"entry {name} has {length} bytes");
        return (name, new StoredEntry(offset, (int)length, UInt32(record, 16)));
    }

    /// <summary>
    /// The 64-bit fields of an entry in the order length, stored length, offset; only the needed ones are present.
    /// </summary>
    private static ReadOnlySpan<byte> Wide(ReadOnlySpan<byte> extra)
    {
        while (extra.Length >= 4)
        {
            int size = Math.Min(UInt16(extra, 2), extra.Length - 4);
            if (UInt16(extra, 0) == Extra64) return extra.Slice(4, size);
            extra = extra[(4 + size)..];
        }
        return [];
    }

    private long TakeWide(ref ReadOnlySpan<byte> wide, string name)
    {
        if (wide.Length < 8) throw Damaged($"entry {name} lacks a zip64 field");
        long value = Int64(wide, 0);
        wide = wide[8..];
        return value;
    }

    private DatasetException Damaged(string reason) => new($"{path}: truncated or damaged: {reason}");

    private static int UInt16(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[at..]);

    private static uint UInt32(ReadOnlySpan<byte> bytes, int at) =>
        BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]);

    private static long Int64(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadInt64LittleEndian(bytes[at..]);
}
