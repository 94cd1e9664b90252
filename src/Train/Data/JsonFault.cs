using System.Text.Json;

namespace GenKernels.Train.Data;

/// <summary>
/// The message for JSON that cannot be read: the parser's own message may repeat the rest of the file.
/// </summary>
internal static class JsonFault
{
    /// <returns>A short text on one line.</returns>
    public static string Describe(JsonException fault) => fault.LineNumber is { } line
        ? $"unexpected JSON at line {line + 1}, byte {fault.BytePositionInLine}"
        : "unexpected JSON";
}
