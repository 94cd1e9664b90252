using System.Text.Json;
using System.Text.Json.Serialization;
using GenKernels.Runtime;

namespace GenKernels.Train.Runs;

/// <summary>Converts a <see cref="Precision"/> to and from its name in JSON.</summary>
internal sealed class PrecisionConverter : JsonConverter<Precision>
{
    /// <inheritdoc/>
    public override bool HandleNull => true;

    /// <exception cref="JsonException">There is no precision of that name.</exception>
    /// <inheritdoc/>
    public override Precision Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        (reader.TokenType == JsonTokenType.String ? Precision.Find(reader.GetString()) : null)
            ?? throw new JsonException($"a precision must be one of {Precision.Names}");

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, Precision value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.Name);
}
