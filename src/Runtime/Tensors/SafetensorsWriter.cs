using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace GenKernels.Runtime;

/// <summary>
/// Collects tensors and streams them into one safetensors file, which is never held in memory as a whole.
/// </summary>
/// <remarks>Wider types come first and names are sorted within a type, so equal content gives equal bytes.</remarks>
public sealed class SafetensorsWriter
{
    // In place of the checksum until the data are written.
    private static readonly string s_noChecksum = new('0', 32);

    private readonly Dictionary<string, Source> _tensors = new(StringComparer.Ordinal);

    /// <summary>The strings of <c>__metadata__</c>, to be filled by the caller.</summary>
    public IDictionary<string, string> Metadata { get; } = new SortedDictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Whether the metadata hold a checksum for <see cref="SafetensorsFile.VerifyChecksum"/>.</summary>
    public bool HasChecksum { get; init; }

    /// <param name="name">Unique in the file.</param>
    /// <param name="type">The type of the elements that <paramref name="write"/> writes.</param>
    /// <param name="shape">Outermost axis first; empty for a scalar.</param>
    /// <param name="write">Called by <see cref="Save"/>; writes the little-endian elements in row-major order.</param>
    /// <exception cref="ArgumentException">The name is taken or reserved, or the tensor exceeds 2^63 bytes.</exception>
    public void Add(string name, ElementType type, Shape shape, Action<Stream> write)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(write);
        if (name == SafetensorsFormat.MetadataName) throw new ArgumentException($"the name '{name}' is reserved");
        if (shape.ElementCount > long.MaxValue / type.Size())
        {
            throw new ArgumentException($"tensor {SafetensorsFormat.Quote(name)}: {type} {shape} passes 2^63 bytes");
        }

        SafetensorsEntry entry = new(name, type, shape, shape.ElementCount * type.Size());
        if (!_tensors.TryAdd(name, new Source(entry, write)))
        {
            throw new ArgumentException($"the name {SafetensorsFormat.Quote(name)} occurs twice");
        }
    }

    /// <param name="name">Unique in the file.</param>
    /// <param name="shape">Outermost axis first; empty for a scalar.</param>
    /// <param name="values">The elements in row-major order; read during <see cref="Save"/>.</param>
    /// <exception cref="ArgumentException">The name is taken or reserved, or the count does not fit.</exception>
    public void Add<T>(string name, Shape shape, ReadOnlyMemory<T> values)
        where T : unmanaged
    {
        if (values.Length != shape.ElementCount)
        {
            throw new ArgumentException($"tensor {SafetensorsFormat.Quote(name)} of shape {shape} needs "
                + $"{shape.ElementCount} values, got {values.Length}");
        }

        Add(name, ElementTypes.Of<T>(), shape, stream => stream.Write(MemoryMarshal.AsBytes(values.Span)));
    }

    /// <param name="path">The file to create or replace; its folder must exist.</param>
    /// <exception cref="SafetensorsException">
    /// The header exceeds 100 MB, or a tensor's writer wrote another number of bytes.
    /// </exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Save(string path)
    {
        Source[] tensors =
        [
            .. _tensors.Values
                .OrderByDescending(tensor => tensor.Entry.ElementType.Size())
                .ThenBy(tensor => tensor.Entry.ElementType)
                .ThenBy(tensor => tensor.Entry.Name, StringComparer.Ordinal),
        ];
        if (HasChecksum) Metadata[SafetensorsFormat.ChecksumName] = s_noChecksum;
        ReadOnlyMemory<byte> header = Header(tensors.Select(tensor => tensor.Entry));
        if (header.Length > SafetensorsFormat.MaximumHeaderLength)
        {
            throw new SafetensorsException($"{path}: the header would have {header.Length} bytes, "
                + $"{SafetensorsFormat.MaximumHeaderLength} is the limit");
        }

        AtomicFile.Write(path, stream =>
        {
            Span<byte> prefix = stackalloc byte[SafetensorsFormat.PrefixLength];
            BinaryPrimitives.WriteUInt64LittleEndian(prefix, (ulong)header.Length);
            stream.Write(prefix);
            stream.Write(header.Span);
            HashingStream? hashing = HasChecksum ? new(stream) : null;
            foreach (Source tensor in tensors) WriteData(path, hashing ?? stream, tensor);
            if (hashing is not null) WriteChecksum(stream, header.Span, hashing.Hash());
        });
    }

    private static void WriteChecksum(Stream stream, ReadOnlySpan<byte> header, string checksum)
    {
        ReadOnlySpan<byte> entry = Encoding.UTF8.GetBytes($"\"{SafetensorsFormat.ChecksumName}\":\"{s_noChecksum}\"");
        int end = header.IndexOf(entry) + entry.Length - 1;
        stream.Position = SafetensorsFormat.PrefixLength + end - checksum.Length;
        stream.Write(Encoding.ASCII.GetBytes(checksum));
    }

    private static void WriteData(string path, Stream stream, Source tensor)
    {
        SafetensorsEntry entry = tensor.Entry;
        long start = stream.Position;
        tensor.Write(stream);
        long written = stream.Position - start;
        if (written == entry.Length) return;
        throw new SafetensorsException(
            $"{path}: tensor {SafetensorsFormat.Quote(entry.Name)} has {entry.Length} bytes, {written} were written");
    }

    private ReadOnlyMemory<byte> Header(IEnumerable<SafetensorsEntry> entries)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter json = new(buffer))
        {
            json.WriteStartObject();
            WriteMetadata(json);
            long offset = 0;
            foreach (SafetensorsEntry entry in entries)
            {
                WriteEntry(json, entry, offset);
                offset += entry.Length;
            }

            json.WriteEndObject();
        }

        int padding = -buffer.WrittenCount & 7;  // aligns the data to 8 bytes for the widest type
        buffer.Write("       "u8[..padding]);
        return buffer.WrittenMemory;
    }

    private void WriteMetadata(Utf8JsonWriter json)
    {
        if (Metadata.Count == 0) return;
        json.WriteStartObject(SafetensorsFormat.MetadataName);
        foreach ((string name, string value) in Metadata) json.WriteString(name, value);
        json.WriteEndObject();
    }

    private static void WriteEntry(Utf8JsonWriter json, SafetensorsEntry entry, long offset)
    {
        json.WriteStartObject(entry.Name);
        json.WriteString("dtype", SafetensorsFormat.TypeName(entry.ElementType));
        json.WriteStartArray("shape");
        foreach (int size in entry.Shape) json.WriteNumberValue(size);
        json.WriteEndArray();
        json.WriteStartArray("data_offsets");
        json.WriteNumberValue(offset);
        json.WriteNumberValue(offset + entry.Length);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private readonly record struct Source(SafetensorsEntry Entry, Action<Stream> Write);
}
