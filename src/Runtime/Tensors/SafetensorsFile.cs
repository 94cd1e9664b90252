using System.Buffers.Binary;
using System.IO.Hashing;
using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;

namespace GenKernels.Runtime;

/// <summary>A safetensors file, memory-mapped; its header is validated in full when it is opened.</summary>
/// <remarks>The file must not be truncated while open: reading a page past its end kills the process.</remarks>
public sealed unsafe class SafetensorsFile : IDisposable
{
    private const int HashedAtOnce = 1 << 30;

    private readonly MemoryMappedFile _mapping;
    private readonly MemoryMappedViewAccessor _view;
    private readonly SafetensorsHeader _header;
    private readonly long _dataStart;
    private readonly long _dataLength;
    private byte* _bytes;

    private SafetensorsFile(string path, FileStream stream, SafetensorsHeader header, long dataStart)
    {
        (Path, _header, _dataStart, _dataLength) = (path, header, dataStart, stream.Length - dataStart);
        _mapping = MemoryMappedFile.CreateFromFile(
            stream, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
        _view = _mapping.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref _bytes);
    }

    /// <summary>The path that was given to <see cref="Open"/>.</summary>
    public string Path { get; }

    /// <summary>The strings of <c>__metadata__</c>; empty where the file has none.</summary>
    public IReadOnlyDictionary<string, string> Metadata => _header.Metadata;

    /// <summary>The names of the tensors in the order of their bytes.</summary>
    public IReadOnlyList<string> Names => _header.Names;

    /// <param name="path">An existing file.</param>
    /// <returns>The open file; the caller disposes it, which invalidates all spans of it.</returns>
    /// <exception cref="SafetensorsException">
    /// The file breaks any rule of the format, or is a folder or a pipe.
    /// </exception>
    /// <exception cref="IOException">The file is missing, or cannot be read.</exception>
    public static SafetensorsFile Open(string path)
    {
        if (System.IO.Path.Exists(path) && InputFile.Fault(path) is { } fault)
        {
            throw new SafetensorsException($"{path}: {fault}");
        }

        using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
        int headerLength = ReadHeaderLength(path, stream);
        byte[] json = new byte[headerLength];
        stream.ReadExactly(json);
        long dataStart = SafetensorsFormat.PrefixLength + (long)headerLength;
        SafetensorsHeader header = SafetensorsHeader.Parse(path, json, stream.Length - dataStart);
        return new SafetensorsFile(path, stream, header, dataStart);
    }

    /// <summary>Reads all data and holds them against the checksum in the metadata, if there is one.</summary>
    /// <exception cref="SafetensorsException">They are not what was written.</exception>
    /// <exception cref="ObjectDisposedException">The file is disposed.</exception>
    public void VerifyChecksum()
    {
        ObjectDisposedException.ThrowIf(_bytes == null, this);
        if (!Metadata.TryGetValue(SafetensorsFormat.ChecksumName, out string? expected)) return;
        XxHash128 hash = new();
        for (long at = 0; at < _dataLength; at += HashedAtOnce)
        {
            int length = (int)Math.Min(HashedAtOnce, _dataLength - at);
            hash.Append(new ReadOnlySpan<byte>(_bytes + _dataStart + at, length));
        }

        string actual = System.Convert.ToHexStringLower(hash.GetCurrentHash());
        if (actual == expected) return;
        throw new SafetensorsException($"{Path}: the data is damaged: its checksum is {actual}, expected {expected}");
    }

    /// <returns>Whether the file has a tensor of that name.</returns>
    public bool Contains(string name) => _header.Entries.ContainsKey(name);

    /// <returns>Type, shape and length of the tensor.</returns>
    /// <exception cref="SafetensorsException">There is no tensor of that name.</exception>
    public SafetensorsEntry Entry(string name) => _header.Entries.TryGetValue(name, out SafetensorsEntry? entry)
        ? entry
        : throw new SafetensorsException($"{Path}: there is no tensor {SafetensorsFormat.Quote(name)}");

    /// <returns>
    /// The little-endian bytes as stored in the file, without a copy; valid until the file is disposed.
    /// </returns>
    /// <exception cref="SafetensorsException">There is no tensor of that name, or it has 2 GiB or more.</exception>
    /// <exception cref="ObjectDisposedException">The file is disposed.</exception>
    public ReadOnlySpan<byte> Bytes(string name)
    {
        ObjectDisposedException.ThrowIf(_bytes == null, this);
        SafetensorsEntry entry = Entry(name);
        if (entry.Length > int.MaxValue)
        {
            throw new SafetensorsException($"{Path}: tensor {SafetensorsFormat.Quote(name)} has {entry.Length} bytes, "
                + $"a span holds {int.MaxValue}");
        }

        return new ReadOnlySpan<byte>(_bytes + _dataStart + entry.Offset, (int)entry.Length);
    }

    /// <param name="name">A tensor of the file.</param>
    /// <param name="target">Of exactly the tensor's length in bytes.</param>
    /// <exception cref="ArgumentException"><paramref name="target"/> has another length.</exception>
    /// <inheritdoc cref="Bytes" path="/exception"/>
    public void CopyTo(string name, Span<byte> target)
    {
        ReadOnlySpan<byte> bytes = Bytes(name);
        if (bytes.Length != target.Length)
        {
            throw new ArgumentException($"{Path}: tensor {SafetensorsFormat.Quote(name)} has {bytes.Length} bytes, "
                + $"the target {target.Length}");
        }

        bytes.CopyTo(target);
    }

    /// <returns>The elements in row-major order, rounded to nearest where their type is wider than a float.</returns>
    /// <inheritdoc cref="Bytes" path="/exception"/>
    public float[] ReadFloats(string name)
    {
        ReadOnlySpan<byte> bytes = Bytes(name);
        ElementType type = Entry(name).ElementType;
        if (type == ElementType.Float32) return MemoryMarshal.Cast<byte, float>(bytes).ToArray();
        return type switch
        {
            ElementType.Float64 => Convert(bytes, 8, item => (float)BinaryPrimitives.ReadDoubleLittleEndian(item)),
            ElementType.Float16 => Convert(bytes, 2, item => (float)BinaryPrimitives.ReadHalfLittleEndian(item)),
            ElementType.BFloat16 =>
                Convert(bytes, 2, item => (float)new BFloat16(BinaryPrimitives.ReadUInt16LittleEndian(item))),
            ElementType.Int32 => Convert(bytes, 4, item => (float)BinaryPrimitives.ReadInt32LittleEndian(item)),
            ElementType.Int64 => Convert(bytes, 8, item => (float)BinaryPrimitives.ReadInt64LittleEndian(item)),
            _ => Convert(bytes, 1, item => (float)item[0]),
        };
    }

    /// <returns>The elements in row-major order.</returns>
    /// <exception cref="SafetensorsException">There is no tensor of that name, or it holds floats.</exception>
    public long[] ReadIntegers(string name)
    {
        ReadOnlySpan<byte> bytes = Bytes(name);
        ElementType type = Entry(name).ElementType;
        return type switch
        {
            ElementType.Int32 => Convert(bytes, 4, item => (long)BinaryPrimitives.ReadInt32LittleEndian(item)),
            ElementType.Int64 => Convert(bytes, 8, BinaryPrimitives.ReadInt64LittleEndian),
            ElementType.UInt8 => Convert(bytes, 1, item => (long)item[0]),
            _ => throw new SafetensorsException(
                $"{Path}: tensor {SafetensorsFormat.Quote(name)} must hold integers, it holds {type}"),
        };
    }

    /// <summary>Unmaps the file.</summary>
    public void Dispose()
    {
        if (_bytes == null) return;
        _bytes = null;
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _mapping.Dispose();
    }

    private static int ReadHeaderLength(string path, FileStream stream)
    {
        if (stream.Length < SafetensorsFormat.PrefixLength)
        {
            throw new SafetensorsException(
                $"{path}: the file has {stream.Length} bytes, 8 are needed for the header length");
        }

        Span<byte> prefix = stackalloc byte[SafetensorsFormat.PrefixLength];
        stream.ReadExactly(prefix);
        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (length > SafetensorsFormat.MaximumHeaderLength)
        {
            throw new SafetensorsException($"{path}: the header length is {length} bytes, the limit is "
                + $"{SafetensorsFormat.MaximumHeaderLength}; not a safetensors file, or damaged");
        }

        long room = stream.Length - SafetensorsFormat.PrefixLength;
        if (length <= (ulong)room) return (int)length;
        throw new SafetensorsException($"{path}: the header length is {length} bytes, only {room} follow");
    }

    private static T[] Convert<T>(ReadOnlySpan<byte> bytes, int size, Func<ReadOnlySpan<byte>, T> read)
    {
        T[] values = new T[bytes.Length / size];
        for (int i = 0; i < values.Length; i++) values[i] = read(bytes.Slice(i * size, size));
        return values;
    }
}
