using System.IO.Hashing;

namespace GenKernels.Train.Data;

/// <summary>
/// A data set of videos of one frame size, created by <see cref="DatasetFromVideos"/> or by the LongVideoGAN release.
/// </summary>
/// <remarks>Thread-safe.</remarks>
public sealed class VideoDataset : IDisposable
{
    /// <summary>Default limit of the decoded frames kept in memory: 512 MiB.</summary>
    public const long DefaultCacheBytes = 512L << 20;

    private readonly DatasetPartition[] _partitions;
    private readonly DatasetPartition[] _partitionOfVideo;
    private readonly FrameCache _cache;

    private VideoDataset(string folder, int height, int width, DatasetPartition[] partitions, long cacheBytes)
    {
        (Folder, Height, Width) = (folder, height, width);
        _partitions = partitions;
        var videos = partitions
            .SelectMany(partition => partition.Videos.Select(video => (Partition: partition, Video: video)))
            .Where(entry => entry.Video.FrameCount > 0)
            .ToArray();
        _partitionOfVideo = [.. videos.Select(entry => entry.Partition)];
        Videos =
        [
            .. videos.Select(entry => new DatasetVideo(entry.Video.Name, entry.Video.FrameCount, entry.Partition.Name)),
        ];
        _cache = new FrameCache(Videos.Select(video => video.FrameCount), cacheBytes);
    }

    /// <summary>The folder that holds the zips.</summary>
    public string Folder { get; }

    /// <summary>Rows of a frame.</summary>
    public int Height { get; }

    /// <summary>Columns of a frame.</summary>
    public int Width { get; }

    /// <summary>The videos, by partition, then by name.</summary>
    public IReadOnlyList<DatasetVideo> Videos { get; }

    /// <summary>Frames of all videos.</summary>
    public long TotalFrames => Videos.Sum(video => (long)video.FrameCount);

    /// <summary>The sources of the data set; null if it has no manifest.</summary>
    public DatasetManifest? Manifest { get; private init; }

    /// <summary>
    /// Opens a data set and checks its zips: directory, list of frames, and the size of the first frame of each.
    /// </summary>
    /// <param name="folder">The folder that holds folders such as <c>0036x0064</c>, or one of these.</param>
    /// <param name="height">Rows of a frame.</param>
    /// <param name="width">Columns of a frame.</param>
    /// <param name="cacheBytes">Most bytes of decoded frames to keep in memory; 0 keeps none.</param>
    /// <param name="stop">Asked before every zip.</param>
    /// <returns>The caller disposes it.</returns>
    /// <exception cref="DatasetException">The data set is missing, empty, of another size, incomplete, truncated or
    /// damaged.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public static VideoDataset Open(
        string folder, int height, int width, long cacheBytes = DefaultCacheBytes, CancellationToken stop = default)
    {
        folder = FindFolder(folder, height, width);
        string[] paths = [.. Directory.GetFiles(folder, "*.zip").Order(StringComparer.Ordinal)];
        if (paths.Length == 0) throw new DatasetException($"{folder}: the data set has no zip files{Advice(folder)}");
        List<DatasetPartition> partitions = [];
        try
        {
            foreach (string path in paths)
            {
                stop.ThrowIfCancellationRequested();
                partitions.Add(new DatasetPartition(path));
            }

            string manifestPath = Path.Combine(folder, DatasetLayout.ManifestName);
            DatasetManifest? manifest = File.Exists(manifestPath) ? DatasetManifest.Read(manifestPath) : null;
            VideoDataset dataset = new(folder, height, width, [.. partitions], cacheBytes) { Manifest = manifest };
            dataset.Check(stop);
            return dataset;
        }
        catch
        {
            foreach (DatasetPartition partition in partitions) partition.Dispose();
            throw;
        }
    }

    /// <summary>The frame sizes of a data set.</summary>
    /// <param name="folder">The folder that holds folders such as <c>0036x0064</c>, or one of these.</param>
    /// <returns>Height and width, in the order of the folder names; empty if there is no data set.</returns>
    /// <exception cref="DatasetException">The folder does not exist.</exception>
    public static IReadOnlyList<(int Height, int Width)> FindSizes(string folder)
    {
        if (!Directory.Exists(folder)) throw new DatasetException($"{folder}: no such data set");
        DirectoryInfo place = new(Path.TrimEndingDirectorySeparator(folder));
        DirectoryInfo[] candidates = DatasetLayout.IsSizeFolder(place.Name) ? [place] : place.GetDirectories();
        return
        [
            .. candidates.Select(candidate => candidate.Name).Where(DatasetLayout.IsSizeFolder)
                .Order(StringComparer.Ordinal).Select(DatasetLayout.ParseSize),
        ];
    }

    /// <returns>A hash of the names and contents of all frames, in hexadecimal digits: equal for equal data sets,
    /// wherever they lie.</returns>
    /// <remarks>It follows from the directories of the zips; no frame is read.</remarks>
    public string Fingerprint()
    {
        XxHash128 hash = new();
        foreach (DatasetPartition partition in _partitions) partition.AddTo(hash);
        return Convert.ToHexStringLower(hash.GetCurrentHash());
    }

    /// <summary>Decodes one frame.</summary>
    /// <param name="video">Index into <see cref="Videos"/>.</param>
    /// <param name="frame">Index of the frame, from 0.</param>
    /// <param name="rgb">Receives <c>[H, W, 3]</c>.</param>
    /// <exception cref="ArgumentException">There is no such video or frame, or the buffer is not one frame
    /// long.</exception>
    /// <exception cref="DatasetException">The frame is damaged or has another size; the message names the zip and the
    /// entry.</exception>
    public void ReadFrame(int video, int frame, Span<byte> rgb)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(video);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(video, Videos.Count);
        ArgumentOutOfRangeException.ThrowIfNegative(frame);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(frame, Videos[video].FrameCount);
        if (rgb.Length != Height * Width * 3)
        {
            throw new ArgumentException($"a frame has {Height * Width * 3} bytes, the buffer has {rgb.Length}");
        }
        if (_cache.TryRead(video, frame, rgb)) return;
        _partitionOfVideo[video].ReadFrame(Videos[video].Name, frame, Width, Height, rgb);
        _cache.Keep(video, frame, rgb);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (DatasetPartition partition in _partitions) partition.Dispose();
    }

    private static string FindFolder(string folder, int height, int width)
    {
        if (!Directory.Exists(folder)) throw new DatasetException($"{folder}: no such data set");
        string name = DatasetLayout.SizeFolder(height, width);
        string below = Path.Combine(folder, name);
        if (Directory.Exists(below)) return below;
        string own = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)));
        if (own == name || Directory.EnumerateFiles(folder, "*.zip").Any()) return folder;

        IReadOnlyList<(int Height, int Width)> sizes = FindSizes(folder);
        IEnumerable<string> names = sizes.Select(size => DatasetLayout.SizeFolder(size.Height, size.Width));
        throw new DatasetException(sizes.Count == 0
            ? $"{folder}: no data set found; expected a folder {name} of zip files"
            : $"{folder}: no frames of size {name}; available: {string.Join(", ", names)}");
    }

    /// <returns>What may be done where a replacement of the data set was interrupted; else nothing.</returns>
    private static string Advice(string folder) => FilesAside.Find(folder) is [string first, ..]
        ? $"; its replacement was interrupted: make it again, or rename {first} and its like to what they were"
        : "";

    private void Check(CancellationToken stop)
    {
        if (Videos.Count == 0) throw new DatasetException($"{Folder}: the data set has no videos");
        if (Manifest is not null && (Manifest.Videos.Count != Videos.Count || Manifest.TotalFrames != TotalFrames))
        {
            throw new DatasetException($"{Folder}: {DatasetLayout.ManifestName} lists {Manifest.Videos.Count} videos "
                + $"of {Manifest.TotalFrames} frames, the zips have {Videos.Count} of {TotalFrames}; is one missing?"
                + Advice(Folder));
        }
        byte[] frame = new byte[Height * Width * 3];
        for (int video = 0; video < Videos.Count; video++)
        {
            bool firstOfPartition = video == 0 || Videos[video].Partition != Videos[video - 1].Partition;
            if (!firstOfPartition) continue;
            stop.ThrowIfCancellationRequested();
            ReadFrame(video, 0, frame);
        }
    }
}
