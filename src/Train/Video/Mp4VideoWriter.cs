using System.Globalization;

namespace GenKernels.Train.Video;

/// <summary>Writes H.264 in mp4 through <c>ffmpeg</c>, in constant memory.</summary>
/// <remarks>An odd size is made even, as the format requires, by repeating the last row or column.</remarks>
internal sealed class Mp4VideoWriter : IVideoWriter
{
    private readonly string _path;
    private readonly FrameSize _size;
    private readonly PartialOutput _output;
    private readonly ToolProcess _process;
    private long _frameCount;

    public Mp4VideoWriter(string path, int width, int height, VideoWriterOptions options, VideoTools tools)
    {
        _path = path;
        _size = new FrameSize(width, height);
        _output = new PartialOutput(path);
        string filter = Filter(width * options.Scale, height * options.Scale);
        string[] arguments =
        [
            "-v", "error", "-f", "rawvideo", "-pix_fmt", "rgb24", "-s", $"{width}x{height}",
            "-r", options.FrameRate.ToString("0.######", CultureInfo.InvariantCulture), "-i", "pipe:0", "-vf", filter,
            "-c:v", "libx264", "-crf", options.ConstantRateFactor.ToString(CultureInfo.InvariantCulture),
            "-colorspace", "smpte170m", "-movflags", "+faststart",
            "-f", "mp4", _output.Path,
        ];
        _process = ToolProcess.Start(tools.Ffmpeg, arguments);
    }

    public void AddFrame(ReadOnlySpan<byte> rgb)
    {
        _size.Require(rgb);
        try
        {
            _process.Input.Write(rgb);
        }
        catch (IOException fault)
        {
            _process.WaitForSuccess(_path, isSilent: true);
            throw new VideoException($"{_path}: ffmpeg stopped accepting frames", fault);
        }
        _frameCount++;
    }

    public void Complete(IProgress<int>? progress = null, CancellationToken stop = default)
    {
        if (_frameCount == 0) throw new VideoException($"{_path}: no frame was added");
        stop.ThrowIfCancellationRequested();
        try
        {
            _process.Input.Close();
        }
        catch (IOException)
        {
            // ffmpeg ended early; its own report, below, says why.
        }
        _process.WaitForSuccess(_path, isSilent: true);
        _output.Commit();
    }

    public void Dispose()
    {
        _process.Dispose();
        _output.Dispose();
    }

    /// <summary>
    /// Fills borders in planar RGB, before chroma is subsampled: afterwards the last column has only half a chroma
    /// sample.
    /// </summary>
    private static string Filter(int width, int height)
    {
        (int right, int bottom) = (width % 2, height % 2);
        string scale = $"scale={width}:{height}:flags=neighbor";
        if (right + bottom == 0) return $"{scale},format=yuv420p";
        string pad = $"pad={width + right}:{height + bottom},fillborders=right={right}:bottom={bottom}:mode=smear";
        return $"{scale},format=gbrp,{pad},format=yuv420p";
    }
}
