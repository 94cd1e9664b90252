using System.IO.Compression;
using System.Text.Json;
using GenKernels.Train.Video;

namespace GenKernels.Train.Data;

/// <summary>Writes one partition of a data set; it gets its final name only when committed.</summary>
internal sealed class PartitionWriter : IDisposable
{
    // Zip entries carry a date; a fixed one makes equal data sets byte-identical files.
    private static readonly DateTimeOffset s_date = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly PartialOutput _output;
    private readonly ZipArchive _zip;
    private readonly SortedDictionary<string, int> _frameCounts = new(StringComparer.Ordinal);

    public PartitionWriter(string folder, int index)
    {
        Index = index;
        Name = DatasetLayout.Partition(index);
        _output = new PartialOutput(Path.Combine(folder, Name));
        FileStream stream = new(_output.Path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 1 << 16);
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

    /// <summary>Writes the list of frames and closes the zip, still under its temporary name.</summary>
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

    public void Commit() => _output.Commit();

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
        finally
        {
            _output.Dispose();
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
