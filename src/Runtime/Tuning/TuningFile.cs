using System.Text.Json;
using System.Text.Json.Serialization;

namespace GenKernels.Runtime;

/// <summary>The content of a tuning file, as JSON.</summary>
/// <param name="Device">
/// The tuning target that the choices hold for: device model, and compiler and libraries with their versions.
/// </param>
/// <param name="Choices">In the order in which they were made.</param>
internal sealed record TuningFile(string Device, IReadOnlyList<TunedChoice> Choices)
{
    /// <exception cref="JsonException">The file is damaged, or not a tuning file.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    internal static TuningFile Read(string path)
    {
        TuningFile? file = JsonSerializer.Deserialize(File.ReadAllBytes(path), TuningFileJson.Default.TuningFile);
        if (file is null || file.Choices.Any(choice => choice is null)) throw new JsonException("it holds null");
        return file;
    }

    /// <summary>Writes the file atomically.</summary>
    /// <exception cref="IOException">The folder is missing or takes no files, or the disk is full.</exception>
    internal void Write(string path) =>
        AtomicFile.WriteBytes(path, JsonSerializer.SerializeToUtf8Bytes(this, TuningFileJson.Default.TuningFile));
}

/// <summary>Source-generated serialisation, without reflection.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, NewLine = "\n",
    RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(TuningFile))]
internal sealed partial class TuningFileJson : JsonSerializerContext;
