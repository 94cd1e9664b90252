using System.Buffers.Binary;
using System.IO.Hashing;
using GenKernels.Runtime;
using Microsoft.Win32.SafeHandles;

namespace GenKernels.Train.Data;

/// <summary>Reads an uncompressed zip, including Zip64, from any number of threads at once.</summary>
/// <remarks>
/// Takes every entry's offset from the directory at the end of the file (PKWARE APPNOTE 6.3, sections 4.3.7 to 4.3.16)
/// and reads by offset, without a shared file position. Each entry's content is checked against its checksum.
/// </remarks>
internal sealed class StoredZip : IDisposable
{
    private const uint EntrySignature = 0x04034B50;
    private const int EntryHeaderLength = 30;

    private readonly SafeFileHandle _file;
    private readonly long _length;

    private StoredZip(string path, SafeFileHandle file)
    {
        Path = path;
        _file = file;
        _length = RandomAccess.GetLength(file);
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <param name="path">A zip whose entries are all uncompressed.</param>
    /// <param name="entries">The location of every entry, by name.</param>
    /// <returns>The caller disposes it.</returns>
    /// <exception cref="DatasetException">The file cannot be opened, is truncated or not a zip, or an entry is
    /// compressed.</exception>
    public static StoredZip Open(string path, out Dictionary<string, StoredEntry> entries)
    {
        if (System.IO.Path.Exists(path) && InputFile.Fault(path) is { } unusable)
        {
            throw new DatasetException($"{path}: {unusable}");
        }

        SafeFileHandle file;
        try
        {
            file = File.OpenHandle(path, options: FileOptions.RandomAccess);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new DatasetException($"{path}: cannot be opened: {fault.Message}", fault);
        }
        StoredZip zip = new(path, file);
        try
        {
            entries = new ZipDirectory(path, zip._length, zip.ReadAt).ReadEntries();
            return zip;
        }
        catch
        {
            zip.Dispose();
            throw;
        }
    }

    /// <param name="entry">One of this file's entries.</param>
    /// <param name="name">Its name, for messages.</param>
    /// <param name="content">Receives the content; must be as long as the entry.</param>
    /// <exception cref="DatasetException">The content is damaged.</exception>
    public void Read(StoredEntry entry, string name, Span<byte> content)
    {
        Span<byte> header = stackalloc byte[EntryHeaderLength];
        ReadAt(entry.HeaderOffset, header);
        if (BinaryPrimitives.ReadUInt32LittleEndian(header) != EntrySignature)
        {
            throw new DatasetException($"{Path}: damaged: entry {name} is not where the directory says");
        }
        int nameLength = BinaryPrimitives.ReadUInt16LittleEndian(header[26..]);
        int extraLength = BinaryPrimitives.ReadUInt16LittleEndian(header[28..]);
        ReadAt(entry.HeaderOffset + EntryHeaderLength + nameLength + extraLength, content);
        if (Crc32.HashToUInt32(content) != entry.Checksum)
        {
            throw new DatasetException($"{Path}: damaged: the content of entry {name} does not match its checksum");
        }
    }

    public void Dispose() => _file.Dispose();

    private void ReadAt(long offset, Span<byte> bytes)
    {
        if (offset < 0 || offset > _length - bytes.Length)
        {
            throw new DatasetException($"{Path}: truncated or damaged: "
                + $"needs {bytes.Length} bytes at {offset}, the file has {_length}");
        }
        while (!bytes.IsEmpty)
        {
            int count = RandomAccess.Read(_file, bytes, offset);
            if (count == 0) throw new DatasetException($"{Path}: was truncated while being read");
            offset += count;
            bytes = bytes[count..];
        }
    }
}
