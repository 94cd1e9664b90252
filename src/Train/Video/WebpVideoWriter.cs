using NetVips;

namespace GenKernels.Train.Video;

/// <summary>Writes an animated WebP that loops forever.</summary>
/// <remarks>
/// Frames are kept uncompressed in a file beside the output; they are encoded at the end, in constant memory. Equal
/// consecutive frames become one that is shown longer.
/// </remarks>
internal sealed class WebpVideoWriter : IVideoWriter
{
    private readonly string _path;
    private readonly FrameSize _size;
    private readonly VideoWriterOptions _options;
    private readonly PartialOutput _output;
    private readonly string _frames;
    private readonly FileStream _stream;
    private int _frameCount;

    public WebpVideoWriter(string path, int width, int height, VideoWriterOptions options)
    {
        _path = path;
        _size = new FrameSize(width, height);
        _options = options;
        _output = new PartialOutput(path);
        _frames = _output.File("frames");
        _stream = new FileStream(_frames, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);
    }

    public void AddFrame(ReadOnlySpan<byte> rgb)
    {
        _size.Require(rgb);
        _stream.Write(rgb);
        _frameCount++;
    }

    public void Complete(IProgress<int>? progress = null, CancellationToken stop = default)
    {
        if (_frameCount == 0) throw new VideoException($"{_path}: no frame was added");
        stop.ThrowIfCancellationRequested();
        _stream.Dispose();
        int delay = (int)Math.Round(1000 / _options.FrameRate);  // milliseconds
        try
        {
            using Image raw = Image.Rawload(
                _frames, _size.Width, _size.Height * _frameCount, 3, interpretation: Enums.Interpretation.Srgb);
            using Image scaled = raw.Zoom(_options.Scale, _options.Scale);
            using Image animation = scaled.Mutate(image =>
            {
                image.Set(GValue.GIntType, "page-height", _size.Height * _options.Scale);
                image.Set(GValue.ArrayIntType, "delay", Enumerable.Repeat(delay, _frameCount).ToArray());
                image.Set(GValue.GIntType, "loop", 0);
            });
            Watch(animation, progress, stop);
            animation.Webpsave(_output.Path, q: _options.WebpQuality);
        }
        catch (VipsException fault)
        {
            stop.ThrowIfCancellationRequested();
            throw new VideoException($"{_path}: {fault.Message.ReplaceLineEndings(" ").Trim()}", fault);
        }
        _output.Commit();
    }

    public void Dispose()
    {
        _stream.Dispose();
        _output.Dispose();
    }

    private static void Watch(Image animation, IProgress<int>? progress, CancellationToken stop)
    {
        int caller = Environment.CurrentManagedThreadId;
        animation.SetProgress(true);
        animation.SignalConnect(Enums.Signals.Eval, (image, done) =>
        {
            // The signals of other threads are about parts of the work.
            if (stop.IsCancellationRequested) image.SetKill(true);
            else if (Environment.CurrentManagedThreadId == caller) progress?.Report(done.Percent);
        });
    }
}
