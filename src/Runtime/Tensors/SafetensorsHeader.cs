using System.Text.Json;
using System.Text.Unicode;

namespace GenKernels.Runtime;

/// <summary>
/// The header of a safetensors file, fully validated: the tensors cover the data without gaps or overlaps.
/// </summary>
internal sealed class SafetensorsHeader
{
    private readonly Dictionary<string, string> _metadata = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SafetensorsEntry> _entries = new(StringComparer.Ordinal);
    private readonly string _path;
    private readonly long _dataLength;
    private bool _hasMetadata;

    private SafetensorsHeader(string path, long dataLength) => (_path, _dataLength) = (path, dataLength);

    public IReadOnlyDictionary<string, string> Metadata => _metadata;

    public IReadOnlyDictionary<string, SafetensorsEntry> Entries => _entries;

    /// <summary>In the order of their bytes.</summary>
    public IReadOnlyList<string> Names { get; private set; } = [];

    /// <param name="path">Named in every message.</param>
    /// <param name="json">The header without its length prefix.</param>
    /// <param name="dataLength">Bytes that follow the header.</param>
    /// <exception cref="SafetensorsException">The header breaks any rule of the format.</exception>
    public static SafetensorsHeader Parse(string path, ReadOnlySpan<byte> json, long dataLength)
    {
        SafetensorsHeader header = new(path, dataLength);
        if (json.Length == 0 || json[0] != (byte)'{') throw header.Fault("the header does not start with '{'");
        if (!Utf8.IsValid(json)) throw header.Fault("the header is not valid UTF-8");
        try
        {
            header.ReadHeader(new Utf8JsonReader(json));
        }
        catch (JsonException fault)
        {
            // The parser's own message may quote the rest of the file.
            string place = $"line {fault.LineNumber + 1}, byte {fault.BytePositionInLine}";
            throw header.Fault($"the header is not valid JSON at {place}", fault);
        }

        header.CheckCover();
        return header;
    }

    private void ReadHeader(Utf8JsonReader reader)
    {
        reader.Read();
        while (NextName(ref reader) is { } name)
        {
            if (name == SafetensorsFormat.MetadataName)
            {
                ReadMetadata(ref reader);
                continue;
            }

            SafetensorsEntry entry = ReadEntry(ref reader, name);
            if (!_entries.TryAdd(name, entry)) throw Fault($"the name {Quote(name)} occurs twice");
        }

        reader.Read();  // throws where anything but white space follows the closing brace
    }

    private void ReadMetadata(ref Utf8JsonReader reader)
    {
        if (_hasMetadata) throw Fault($"the name '{SafetensorsFormat.MetadataName}' occurs twice");
        _hasMetadata = true;
        Expect(ref reader, JsonTokenType.StartObject, $"'{SafetensorsFormat.MetadataName}' must be an object");
        while (NextName(ref reader) is { } name)
        {
            Expect(ref reader, JsonTokenType.String, $"the metadata {Quote(name)} must be a string");
            if (!_metadata.TryAdd(name, Text(ref reader))) throw Fault($"the metadata {Quote(name)} occurs twice");
        }
    }

    private SafetensorsEntry ReadEntry(ref Utf8JsonReader reader, string name)
    {
        Expect(ref reader, JsonTokenType.StartObject, $"tensor {Quote(name)} must be an object");
        ElementType? type = null;
        long[]? sizes = null, offsets = null;
        while (NextName(ref reader) is { } field)
        {
            switch (field)
            {
                case "dtype" when type is null:
                    type = ReadType(ref reader, name);
                    break;
                case "shape" when sizes is null:
                    sizes = ReadNumbers(ref reader, name, field);
                    break;
                case "data_offsets" when offsets is null:
                    offsets = ReadNumbers(ref reader, name, field);
                    break;
                case "dtype" or "shape" or "data_offsets":
                    throw Fault($"tensor {Quote(name)} has {field} twice");
                default:
                    throw Fault($"tensor {Quote(name)} has the unknown field {Quote(field)}");
            }
        }

        if (type is null) throw Fault($"tensor {Quote(name)} has no dtype");
        if (sizes is null) throw Fault($"tensor {Quote(name)} has no shape");
        if (offsets is null) throw Fault($"tensor {Quote(name)} has no data_offsets");
        return CheckedEntry(name, type.Value, sizes, offsets);
    }

    private SafetensorsEntry CheckedEntry(string name, ElementType type, long[] sizes, long[] offsets)
    {
        if (offsets.Length != 2) throw Fault($"tensor {Quote(name)} has {offsets.Length} data_offsets, 2 are needed");
        (long start, long end) = (offsets[0], offsets[1]);
        if (start > end || end > _dataLength)
        {
            throw Fault($"tensor {Quote(name)} lies at bytes {start} to {end}, out of the data's 0 to {_dataLength}");
        }

        Shape shape = CheckedShape(name, sizes);
        if (shape.ElementCount > long.MaxValue / type.Size() || shape.ElementCount * type.Size() != end - start)
        {
            throw Fault($"tensor {Quote(name)} has {end - start} bytes, which is not the size of {type} {shape}");
        }

        return new SafetensorsEntry(name, type, shape, end - start) { Offset = start };
    }

    private Shape CheckedShape(string name, long[] sizes)
    {
        foreach (long size in sizes)
        {
            if (size <= int.MaxValue) continue;
            throw Fault($"tensor {Quote(name)} has the size {size}, {int.MaxValue} is the limit");
        }

        try
        {
            return Shape.Create(Array.ConvertAll(sizes, size => (int)size));
        }
        catch (ShapeException fault)
        {
            throw Fault($"tensor {Quote(name)} has an impossible shape: {fault.Message}", fault);
        }
    }

    private void CheckCover()
    {
        SafetensorsEntry[] entries = [.. _entries.Values.OrderBy(entry => entry.Offset).ThenBy(entry => entry.Length)];
        long covered = 0;
        foreach (SafetensorsEntry entry in entries)
        {
            long start = entry.Offset;
            if (start < covered) throw Fault($"tensor {Quote(entry.Name)} overlaps the one before it");
            if (start > covered) throw Fault($"bytes {covered} to {start} of the data belong to no tensor");
            covered += entry.Length;
        }

        if (covered != _dataLength) throw Fault($"{_dataLength - covered} bytes follow the last tensor");
        Names = Array.ConvertAll(entries, entry => entry.Name);
    }

    private ElementType ReadType(ref Utf8JsonReader reader, string name)
    {
        Expect(ref reader, JsonTokenType.String, $"the dtype of tensor {Quote(name)} must be a string");
        string type = Text(ref reader);
        return SafetensorsFormat.TypeOf(type)
            ?? throw Fault($"tensor {Quote(name)} has the dtype {Quote(type)}, which is unknown here");
    }

    private long[] ReadNumbers(ref Utf8JsonReader reader, string name, string field)
    {
        Expect(ref reader, JsonTokenType.StartArray, $"the {field} of tensor {Quote(name)} must be an array");
        List<long> numbers = [];
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt64(out long number) || number < 0)
            {
                throw Fault($"the {field} of tensor {Quote(name)} must be integers from 0 to {long.MaxValue}");
            }

            numbers.Add(number);
        }

        return [.. numbers];
    }

    private string? NextName(ref Utf8JsonReader reader) =>
        reader.Read() && reader.TokenType == JsonTokenType.PropertyName ? Text(ref reader) : null;

    private void Expect(ref Utf8JsonReader reader, JsonTokenType type, string fault)
    {
        reader.Read();
        if (reader.TokenType != type) throw Fault(fault);
    }

    private string Text(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException fault)
        {
            throw Fault("the header escapes half a surrogate pair", fault);
        }
    }

    private static string Quote(string text) => SafetensorsFormat.Quote(text);

    private SafetensorsException Fault(string fault) => new($"{_path}: {fault}");

    private SafetensorsException Fault(string fault, Exception cause) => new($"{_path}: {fault}", cause);
}
