using System.Text.Json;
using System.Text.Json.Serialization;

namespace GenKernels.Runtime;

/// <summary>Choices as they lie in a file.</summary>
/// <param name="Device">Model and compiler that they hold for.</param>
/// <param name="Choices">In the order in which they were made.</param>
internal sealed record TuningFile(string Device, IReadOnlyList<TunedChoice> Choices)
{
    /// <exception cref="JsonException">It is damaged, or no such file.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    internal static TuningFile Read(string path)
    {
        TuningFile? file = JsonSerializer.Deserialize(File.ReadAllBytes(path), TuningFileJson.Default.TuningFile);
        if (file is null || file.Choices.Any(choice => choice is null)) throw new JsonException("it holds null");
        return file;
    }

    /// <summary>Writes it whole or not at all.</summary>
    /// <exception cref="IOException">The folder is missing or takes no files, or the disk is full.</exception>
    internal void Write(string path) =>
        AtomicFile.WriteBytes(path, JsonSerializer.SerializeToUtf8Bytes(this, TuningFileJson.Default.TuningFile));
}

/// <summary>Makes the code that reads and writes it, without reflection.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, NewLine = "\n",
    RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(TuningFile))]
internal sealed partial class TuningFileJson : JsonSerializerContext;
