using GenKernels.Train.Video;

namespace GenKernels.Train.Data;

/// <summary>Creates a data set of frames from a folder of videos, in the layout of the LongVideoGAN release.</summary>
/// <remarks>
/// Videos are decoded in parallel, each into a temporary file, and written to the zips in order: memory does not grow
/// with their length, and equal videos give equal zips. No file gets its final name before everything is written, and
/// no replaced file is deleted before that.
/// </remarks>
public sealed class DatasetFromVideos
{
    private readonly DatasetFromVideosOptions _options;
    private readonly IProgress<DatasetProgress>? _progress;
    private readonly CancellationToken _stop;
    private readonly string _folder;
    private readonly List<DatasetManifestVideo> _written = [];
    private readonly List<VideoFault> _skipped = [];
    private readonly List<VideoFault> _damaged = [];
    private SourceVideo[] _videos = [];
    private int _videosDone;
    private long _framesDone;

    private DatasetFromVideos(
        DatasetFromVideosOptions options, IProgress<DatasetProgress>? progress, CancellationToken stop)
    {
        _options = options;
        _progress = progress;
        _stop = stop;
        _folder = Path.Combine(options.OutputFolder, DatasetLayout.SizeFolder(options.Height, options.Width));
    }

    /// <param name="options">Source, destination and settings.</param>
    /// <param name="progress">Reported to after every frame and every video, from several threads.</param>
    /// <param name="stop">Cancels the work; nothing is left behind.</param>
    /// <exception cref="DatasetException">The source folder is missing or holds no videos, two videos have the same
    /// name, none can be decoded, or the output folder already holds a data set.</exception>
    /// <exception cref="VideoToolMissingException"><c>ffmpeg</c> or <c>ffprobe</c> cannot be started.</exception>
    /// <exception cref="OperationCanceledException">The work was cancelled.</exception>
    public static DatasetReport Make(
        DatasetFromVideosOptions options, IProgress<DatasetProgress>? progress = null, CancellationToken stop = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.Height);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.Width);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.Partitions);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.Workers);
        ArgumentOutOfRangeException.ThrowIfNegative(options.TrimStart);
        ArgumentOutOfRangeException.ThrowIfNegative(options.TrimEnd);
        return new DatasetFromVideos(options, progress, stop).Make();
    }

    /// <summary>Looks whether a data set can be made of a file, before anything is made.</summary>
    /// <param name="path">An existing file.</param>
    /// <param name="tools">The programs; those on PATH when null.</param>
    /// <exception cref="DatasetException">Its extension is none of a video.</exception>
    /// <exception cref="VideoException">It is no video.</exception>
    /// <exception cref="VideoToolMissingException"><c>ffprobe</c> cannot be started.</exception>
    public static void RequireVideo(string path, VideoTools? tools = null)
    {
        SourceVideo.RequireExtension(path);
        VideoProbe.Describe(path, tools ?? VideoTools.OnPath);
    }

    private DatasetReport Make()
    {
        _videos = SourceVideo.Find(_options.SourceFolder);
        string[] earlier = EarlierFiles();
        if (earlier.Length > 0 && !_options.Overwrite)
        {
            throw new DatasetException($"{_folder}: already contains {Path.GetFileName(earlier[0])}; "
                + "choose another folder or overwrite it (--overwrite)");
        }
        string[] made = [.. new[] { _folder, _options.OutputFolder }.Where(folder => !Directory.Exists(folder))];
        Directory.CreateDirectory(_folder);
        try
        {
            return Write(earlier);
        }
        finally
        {
            foreach (string folder in made.Where(folder => !Directory.EnumerateFileSystemEntries(folder).Any()))
            {
                Directory.Delete(folder);
            }
        }
    }

    private string[] EarlierFiles()
    {
        if (!Directory.Exists(_folder)) return [];
        IEnumerable<string> ours = Directory.GetFiles(_folder).Where(path => IsOurs(Path.GetFileName(path)));
        return [.. ours.Order(StringComparer.Ordinal)];
    }

    private static bool IsOurs(string name) => name == DatasetLayout.ManifestName || DatasetLayout.IsPartition(name);

    private DatasetReport Write(string[] earlier)
    {
        using PartialOutput output = new(Path.Combine(_folder, DatasetLayout.ManifestName));
        List<PartitionWriter> partitions = [];
        try
        {
            WritePartitions(output, partitions);
            return Publish(output, partitions, earlier);
        }
        finally
        {
            foreach (PartitionWriter partition in partitions) partition.Dispose();
        }
    }

    private void WritePartitions(PartialOutput output, List<PartitionWriter> partitions)
    {
        using CancellationTokenSource abandon = CancellationTokenSource.CreateLinkedTokenSource(_stop);
        Queue<Task<DecodedVideo>> pending = [];
        int started = 0;
        try
        {
            for (int index = 0; index < _videos.Length; index++)
            {
                while (started < _videos.Length && pending.Count < _options.Workers)
                {
                    string spool = output.File($"video-{started}");
                    pending.Enqueue(StartDecoding(_videos[started++], spool, abandon.Token));
                }
                using DecodedVideo video = pending.Dequeue().GetAwaiter().GetResult();
                Take(video, PartitionOf(index), output, partitions);
            }
            if (partitions.Count > 0) partitions[^1].Finish();
        }
        finally
        {
            abandon.Cancel();
            foreach (Task<DecodedVideo> task in pending) Abandon(task);
        }
    }

    /// <summary>Contiguous runs of videos: the first <c>videos mod partitions</c> partitions get one video
    /// more.</summary>
    private int PartitionOf(int video)
    {
        (int length, int longer) = Math.DivRem(_videos.Length, _options.Partitions);
        int inLonger = longer * (length + 1);
        return video < inLonger ? video / (length + 1) : longer + (video - inLonger) / length;
    }

    private Task<DecodedVideo> StartDecoding(SourceVideo source, string spool, CancellationToken stop) =>
        Task.Factory.StartNew(
            () => DecodedVideo.Decode(source, _options, spool, FrameDone, stop), stop,
            TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private void Take(DecodedVideo video, int index, PartialOutput output, List<PartitionWriter> partitions)
    {
        if (video.Failure is not null)
        {
            _skipped.Add(new VideoFault(video.Source.Source, video.Failure));
        }
        else
        {
            if (partitions.Count == 0 || partitions[^1].Index != index)
            {
                if (partitions.Count > 0) partitions[^1].Finish();
                partitions.Add(new PartitionWriter(output, index));
            }
            partitions[^1].Add(video);
            _written.Add(new DatasetManifestVideo(
                video.Source.Name, video.Source.Source, partitions[^1].Name, video.FrameCount, video.FrameRate));
            if (video.Damage is { } damage) _damaged.Add(new VideoFault(video.Source.Source, damage));
        }
        _videosDone++;
        Report();
    }

    private void FrameDone()
    {
        Interlocked.Increment(ref _framesDone);
        Report();
    }

    private void Report() =>
        _progress?.Report(new DatasetProgress(_videosDone, _videos.Length, Interlocked.Read(ref _framesDone)));

    private static void Abandon(Task<DecodedVideo> task)
    {
        try
        {
            task.GetAwaiter().GetResult().Dispose();
        }
        catch (Exception)
        {
            // The fault that ended the work is already on its way to the caller; this one is only a consequence.
        }
    }

    private DatasetReport Publish(PartialOutput output, List<PartitionWriter> partitions, string[] earlier)
    {
        if (_written.Count == 0)
        {
            VideoFault first = _skipped[0];
            throw new DatasetException($"{_options.SourceFolder}: no video can be decoded ({_skipped.Count} tried); "
                + $"the first, {first.Source}: {first.Reason}");
        }
        DatasetManifest manifest = new(_options.Height, _options.Width, _written);
        File.WriteAllBytes(output.Path, manifest.ToJson());

        using FilesAside aside = new(earlier);
        try
        {
            foreach (PartitionWriter partition in partitions) output.Commit(partition.Name);
            output.Commit();
        }
        catch
        {
            foreach (PartitionWriter partition in partitions) File.Delete(Path.Combine(_folder, partition.Name));
            throw;
        }

        aside.Delete();
        return new DatasetReport(_folder, manifest, _skipped, _damaged, FilesAside.Find(_folder));
    }
}
