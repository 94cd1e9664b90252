namespace GenKernels.Runtime;

/// <summary>
/// The layout that reader and writer share: 8 bytes of header length, a JSON header, the tensors' bytes.
/// </summary>
internal static class SafetensorsFormat
{
    /// <summary>In bytes; a file begins with the header's length as a little-endian integer of this size.</summary>
    public const int PrefixLength = 8;

    /// <summary>In bytes; the limit of the reference implementation.</summary>
    public const long MaximumHeaderLength = 100_000_000;

    public const string MetadataName = "__metadata__";

    /// <summary>The name in the metadata of the XXH128 hash of all bytes after the header.</summary>
    public const string ChecksumName = "data_xxh128";

    private const int MaximumQuotedLength = 80;

    /// <returns>The name of the type in a header.</returns>
    public static string TypeName(ElementType type) => type switch
    {
        ElementType.Float64 => "F64",
        ElementType.Float32 => "F32",
        ElementType.Float16 => "F16",
        ElementType.BFloat16 => "BF16",
        ElementType.Int32 => "I32",
        ElementType.Int64 => "I64",
        ElementType.UInt8 => "U8",
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "unknown element type"),
    };

    /// <returns>The type of that name; null where the runtime has no such type.</returns>
    public static ElementType? TypeOf(string name) => name switch
    {
        "F64" => ElementType.Float64,
        "F32" => ElementType.Float32,
        "F16" => ElementType.Float16,
        "BF16" => ElementType.BFloat16,
        "I32" => ElementType.Int32,
        "I64" => ElementType.Int64,
        "U8" or "BOOL" => ElementType.UInt8,
        _ => null,
    };

    /// <returns>A text from a file, quoted for a message: on one line, and cut at 80 characters.</returns>
    public static string Quote(string text)
    {
        string start = text.Length <= MaximumQuotedLength ? text : text[..MaximumQuotedLength] + "…";
        return $"'{string.Concat(start.Select(letter => char.IsControl(letter) ? '?' : letter))}'";
    }
}
