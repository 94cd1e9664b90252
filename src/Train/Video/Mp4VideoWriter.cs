namespace GenKernels.Train.Video;

/// <summary>H.264 in mp4 through <c>ffmpeg</c>, in constant memory.</summary>
/// <remarks>An odd size is made even, as the format needs, by showing one row or column once more.</remarks>
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
        string filter = $"scale={Even(width * options.Scale)}:{Even(height * options.Scale)}:flags=neighbor,format=yuv420p";
        string[] arguments =
        [
            "-v", "error", "-f", "rawvideo", "-pix_fmt", "rgb24", "-s", $"{width}x{height}",
            "-r", options.FrameRate.ToString("0.######"), "-i", "pipe:0", "-vf", filter,
            "-c:v", "libx264", "-crf", options.ConstantRateFactor.ToString(),
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
            _process.WaitForSuccess(_path);
            throw new VideoException($"{_path}: ffmpeg takes no more frames", fault);
        }
        _frameCount++;
    }

    public void Complete()
    {
        if (_frameCount == 0) throw new VideoException($"{_path}: no frame was added");
        try
        {
            _process.Input.Close();
        }
        catch (IOException)
        {
            // The program ended early; its own report, below, says why.
        }
        _process.WaitForSuccess(_path);
        _output.Commit();
    }

    public void Dispose()
    {
        _process.Dispose();
        _output.Dispose();
    }

    private static int Even(int size) => size + size % 2;
}
