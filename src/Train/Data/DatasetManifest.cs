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
            if (manifest.Videos is null) throw new DatasetException($"{path}: has no videos");
            if (manifest.Videos.Contains(null!)) throw new DatasetException($"{path}: one of its videos is null");
            return manifest;
        }
        catch (JsonException fault)
        {
            throw new DatasetException($"{path}: not a data set manifest: {JsonFault.Describe(fault)}", fault);
        }
    }
}
