using System.Text.Json;

namespace GenKernels.Train.Data;

/// <summary>The sources of a data set: the file <c>dataset.json</c> beside its partitions.</summary>
/// <param name="Height">Rows of a frame.</param>
/// <param name="Width">Columns of a frame.</param>
/// <param name="Videos">The videos, in their order in the partitions.</param>
public sealed record DatasetManifest(int Height, int Width, IReadOnlyList<DatasetManifestVideo> Videos)
{
    private const int CurrentVersion = 1;

    private static readonly JsonSerializerOptions s_options = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        NewLine = "\n",
    };

    /// <summary>Version of the file format.</summary>
    public int Version { get; init; } = CurrentVersion;

    /// <summary>Frames of all videos.</summary>
    public long TotalFrames => Videos.Sum(video => (long)video.FrameCount);

    /// <returns>The file's content, UTF-8.</returns>
    internal byte[] ToJson() => [.. JsonSerializer.SerializeToUtf8Bytes(this, s_options), (byte)'\n'];

    /// <exception cref="DatasetException">The file is not a manifest, or is of an unknown version.</exception>
    internal static DatasetManifest Read(string path)
    {
        try
        {
            DatasetManifest manifest = JsonSerializer.Deserialize<DatasetManifest>(File.ReadAllBytes(path), s_options)
                ?? throw new DatasetException($"{path}: is empty");
            if (manifest.Version != CurrentVersion)
            {
                throw new DatasetException(
                    $"{path}: expected manifest version {CurrentVersion}, got {manifest.Version}");
            }
            return manifest.Fault() is { } what ? throw new DatasetException($"{path}: {what}") : manifest;
        }
        catch (JsonException fault)
        {
            throw new DatasetException($"{path}: not a data set manifest: {JsonFault.Describe(fault)}", fault);
        }
    }

    /// <returns>What no writer of manifests can have written; null for nothing.</returns>
    private string? Fault()
    {
        if (Videos is null) return "has no videos";
        if (Videos.Contains(null!)) return "one of its videos is null";
        if (Videos.Any(video => video.Name is null)) return "one of its videos has no name";
        return Videos.GroupBy(video => video.Name).FirstOrDefault(group => group.Count() > 1) is { } namesakes
            ? $"two of its videos are named {namesakes.Key}"
            : null;
    }
}
