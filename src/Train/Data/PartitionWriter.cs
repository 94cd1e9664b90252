using System.IO.Compression;
using System.Text.Json;
using GenKernels.Train.Video;

namespace GenKernels.Train.Data;

/// <summary>Writes one partition of a data set, in a temporary place.</summary>
internal sealed class PartitionWriter : IDisposable
{
    // Zip entries carry a date; a fixed one makes equal data sets byte-identical files.
    private static readonly DateTimeOffset s_date = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly ZipArchive _zip;
    private readonly SortedDictionary<string, int> _frameCounts = new(StringComparer.Ordinal);

    /// <param name="output">Where the zip is made.</param>
    /// <param name="index">Index of the partition, from 0.</param>
    public PartitionWriter(PartialOutput output, int index)
    {
        Index = index;
        Name = DatasetLayout.Partition(index);
        FileStream stream = new(output.File(Name), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 1 << 16);
        _zip = new ZipArchive(stream, ZipArchiveMode.Create);
    }

    /// <summary>Index of the partition, from 0.</summary>
    public int Index { get; }

    /// <summary>The name of the zip.</summary>
    public string Name { get; }

    public void Add(DecodedVideo video)
    {
        int index = 0;
        foreach (ReadOnlyMemory<byte> frame in video.Frames())
        {
            WriteEntry($"{video.Source.Name}/{DatasetLayout.Frame(index)}", frame.Span);
            index++;
        }
        _frameCounts.Add(video.Source.Name, index);
    }

    /// <summary>Writes the list of frames and closes the zip.</summary>
    public void Finish()
    {
        using MemoryStream json = new();
        using (Utf8JsonWriter writer = new(json, new JsonWriterOptions { Indented = true, NewLine = "\n" }))
        {
            writer.WriteStartObject();
            foreach ((string name, int frameCount) in _frameCounts)
            {
                writer.WriteStartArray(name);
                for (int index = 0; index < frameCount; index++) writer.WriteStringValue(DatasetLayout.Frame(index));
                writer.WriteEndArray();
            }
            writer.WriteEndObject();
        }
        WriteEntry(DatasetLayout.FramePathsName, json.ToArray());
        _zip.Dispose();
    }

    public void Dispose()
    {
        try
        {
            _zip.Dispose();
        }
        catch (IOException)
        {
            // Only for a zip that is being abandoned: its directory would not fit on the full disk either.
        }
    }

    private void WriteEntry(string name, ReadOnlySpan<byte> content)
    {
        ZipArchiveEntry entry = _zip.CreateEntry(name, CompressionLevel.NoCompression);
        entry.LastWriteTime = s_date;
        using Stream stream = entry.Open();
        stream.Write(content);
    }
}
