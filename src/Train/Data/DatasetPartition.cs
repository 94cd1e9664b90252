using System.Buffers;
using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;
using System.Text.Json;
using GenKernels.Train.Video;

namespace GenKernels.Train.Data;

/// <summary>One opened zip of a data set. Thread-safe.</summary>
internal sealed class DatasetPartition : IDisposable
{
    private readonly StoredZip _zip;
    private readonly SortedDictionary<string, string[]> _frameNames;
    private readonly Dictionary<string, StoredEntry[]> _frames = [];

    /// <exception cref="DatasetException">The zip is damaged, has no list of frames, or lacks listed
    /// frames.</exception>
    public DatasetPartition(string path)
    {
        _zip = StoredZip.Open(path, out Dictionary<string, StoredEntry> entries);
        try
        {
            _frameNames = ReadFrameNames(entries);
            foreach ((string video, string[] names) in _frameNames) _frames[video] = Locate(video, names, entries);
        }
        catch
        {
            _zip.Dispose();
            throw;
        }
    }

    /// <summary>Name of the zip.</summary>
    public string Name => Path.GetFileName(_zip.Path);

    /// <summary>Name and number of frames of every video, sorted by name.</summary>
    public IEnumerable<(string Name, int FrameCount)> Videos =>
        _frameNames.Select(video => (video.Key, video.Value.Length));

    /// <param name="video">A name among <see cref="Videos"/>.</param>
    /// <param name="index">Index of the frame, from 0.</param>
    /// <param name="rgb">Receives <c>[H, W, 3]</c>.</param>
    /// <exception cref="DatasetException">The frame is damaged or has another size.</exception>
    public void ReadFrame(string video, int index, int width, int height, Span<byte> rgb)
    {
        StoredEntry entry = _frames[video][index];
        string name = EntryName(video, _frameNames[video][index]);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(entry.Length);
        try
        {
            Span<byte> encoded = buffer.AsSpan(0, entry.Length);
            _zip.Read(entry, name, encoded);
            RgbImage.Decode(encoded, width, height, rgb);
        }
        catch (VideoException fault)
        {
            throw new DatasetException($"{_zip.Path}: entry {name}: {fault.Message}", fault);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Appends the names of all videos and frames, and the checksums of the frames.</summary>
    public void AddTo(XxHash128 hash)
    {
        Span<byte> checksum = stackalloc byte[sizeof(uint)];
        foreach ((string video, string[] names) in _frameNames)
        {
            for (int frame = 0; frame < names.Length; frame++)
            {
                hash.Append(Encoding.UTF8.GetBytes(EntryName(video, names[frame])));
                BinaryPrimitives.WriteUInt32LittleEndian(checksum, _frames[video][frame].Checksum);
                hash.Append(checksum);
            }
        }
    }

    public void Dispose() => _zip.Dispose();

    private SortedDictionary<string, string[]> ReadFrameNames(Dictionary<string, StoredEntry> entries)
    {
        if (!entries.TryGetValue(DatasetLayout.FramePathsName, out StoredEntry entry))
        {
            throw new DatasetException(
                $"{_zip.Path}: no {DatasetLayout.FramePathsName} in it; not part of a data set");
        }
        byte[] json = new byte[entry.Length];
        _zip.Read(entry, DatasetLayout.FramePathsName, json);
        try
        {
            Dictionary<string, string[]?> names = JsonSerializer.Deserialize<Dictionary<string, string[]?>>(json) ?? [];
            return new SortedDictionary<string, string[]>(
                names.ToDictionary(video => video.Key, video => video.Value ?? []), StringComparer.Ordinal);
        }
        catch (JsonException fault)
        {
            throw new DatasetException(
                $"{_zip.Path}: {DatasetLayout.FramePathsName} is not a list of frames: {JsonFault.Describe(fault)}",
                fault);
        }
    }

    private StoredEntry[] Locate(string video, string[] names, Dictionary<string, StoredEntry> entries)
    {
        StoredEntry[] frames = new StoredEntry[names.Length];
        for (int i = 0; i < names.Length; i++)
        {
            string name = EntryName(video, names[i]);
            if (!entries.TryGetValue(name, out frames[i]))
            {
                throw new DatasetException($"{_zip.Path}: entry {name} is listed in {DatasetLayout.FramePathsName}, "
                    + "but is not in the zip");
            }
        }
        return frames;
    }

    private static string EntryName(string video, string frame) => $"{video}/{frame}";
}
