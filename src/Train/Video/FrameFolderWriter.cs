using NetVips;

namespace GenKernels.Train.Video;

/// <summary>Writes a folder of PNG files <c>frame_000000.png</c>, <c>frame_000001.png</c>, …, in constant
/// memory.</summary>
internal sealed class FrameFolderWriter : IVideoWriter
{
    private readonly string _path;
    private readonly FrameSize _size;
    private readonly int _scale;
    private readonly PartialOutput _output;
    private int _frameCount;

    public FrameFolderWriter(string path, int width, int height, VideoWriterOptions options)
    {
        if (File.Exists(path) || (Directory.Exists(path) && Directory.EnumerateFileSystemEntries(path).Any()))
        {
            throw new VideoException($"{path}: the folder for the frames must be new or empty");
        }
        _path = path;
        _size = new FrameSize(width, height);
        _scale = options.Scale;
        _output = new PartialOutput(path);
        Directory.CreateDirectory(_output.Path);
    }

    public void AddFrame(ReadOnlySpan<byte> rgb)
    {
        _size.Require(rgb);
        using Image frame = RgbImage.FromPixels(rgb, _size.Width, _size.Height);
        using Image scaled = frame.Zoom(_scale, _scale);
        File.WriteAllBytes(Path.Combine(_output.Path, $"frame_{_frameCount:000000}.png"), scaled.PngsaveBuffer());
        _frameCount++;
    }

    public void Complete(IProgress<int>? progress = null, CancellationToken stop = default)
    {
        if (_frameCount == 0) throw new VideoException($"{_path}: no frame was added");
        stop.ThrowIfCancellationRequested();
        _output.Commit();
    }

    public void Dispose() => _output.Dispose();
}
