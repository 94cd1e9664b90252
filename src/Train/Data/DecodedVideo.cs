using GenKernels.Train.Video;

namespace GenKernels.Train.Data;

/// <summary>
/// The frames of one video, resized and encoded, kept in a temporary file until they are written to the zip.
/// </summary>
internal sealed class DecodedVideo : IDisposable
{
    private readonly FileStream _spool;
    private readonly List<int> _lengths = [];

    private DecodedVideo(SourceVideo source, string spoolPath)
    {
        Source = source;
        _spool = new FileStream(
            spoolPath, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 1 << 16, FileOptions.DeleteOnClose);
    }

    public SourceVideo Source { get; }

    public double FrameRate { get; private set; }

    public int FrameCount => _lengths.Count;

    /// <summary>Why the video cannot be used; null if it can.</summary>
    public string? Failure { get; private set; }

    /// <summary>The errors that its decoder went on after, in one line; null if there are none.</summary>
    public string? Damage { get; private set; }

    /// <summary>Decodes a whole video; one that cannot be decoded is returned with its <see cref="Failure"/>.</summary>
    /// <param name="spoolPath">The temporary file; deleted by Dispose.</param>
    /// <param name="frameDone">Called after every frame.</param>
    /// <returns>The caller disposes it.</returns>
    public static DecodedVideo Decode(
        SourceVideo source,
        DatasetFromVideosOptions options,
        string spoolPath,
        Action frameDone,
        CancellationToken stop)
    {
        DecodedVideo video = new(source, spoolPath);
        try
        {
            video.ReadFrames(options, frameDone, stop);
            if (video.FrameCount == 0) video.Failure = "no frames, or none left after trimming";
        }
        catch (VideoException fault)
        {
            video.Failure = fault.Message;
        }
        catch
        {
            video.Dispose();
            throw;
        }
        return video;
    }

    /// <summary>The encoded frames in order; each is valid only until the next is read.</summary>
    public IEnumerable<ReadOnlyMemory<byte>> Frames()
    {
        _spool.Position = 0;
        byte[] buffer = new byte[_lengths.Max()];
        foreach (int length in _lengths)
        {
            _spool.ReadExactly(buffer, 0, length);
            yield return buffer.AsMemory(0, length);
        }
    }

    public void Dispose() => _spool.Dispose();

    private void ReadFrames(DatasetFromVideosOptions options, Action frameDone, CancellationToken stop)
    {
        using VideoReader reader = VideoReader.Open(Source.Path, options.TrimStart, options.TrimEnd, options.Tools);
        VideoDescription description = reader.Description;
        FrameRate = description.FrameRate;
        FrameResizer resizer = new(description.Width, description.Height, options.Width, options.Height);
        byte[] frame = new byte[description.FrameBytes];
        byte[] resized = new byte[options.Width * options.Height * 3];
        while (reader.ReadFrame(frame))
        {
            stop.ThrowIfCancellationRequested();
            resizer.Resize(frame, resized);
            byte[] encoded = RgbImage.EncodeJpeg(resized, options.Width, options.Height);
            _spool.Write(encoded);
            _lengths.Add(encoded.Length);
            frameDone();
        }

        Damage = reader.Damage;
    }
}
