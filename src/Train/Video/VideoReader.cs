using System.Globalization;

namespace GenKernels.Train.Video;

/// <summary>Decodes a video file of any format through <c>ffmpeg</c>, frame by frame in constant memory.</summary>
public sealed class VideoReader : IFrameReader
{
    private readonly string _path;
    private readonly ToolProcess _process;
    private bool _ended;

    private VideoReader(string path, VideoDescription description, ToolProcess process)
    {
        _path = path;
        _process = process;
        Description = description;
    }

    /// <summary>Size, rate and length of the whole file, before trimming.</summary>
    public VideoDescription Description { get; }

    /// <summary>The errors that <c>ffmpeg</c> went on after, in one line; null for none. Known after the last
    /// frame.</summary>
    public string? Damage { get; private set; }

    /// <param name="path">A video file.</param>
    /// <param name="trimStart">Seconds skipped at the start; not negative.</param>
    /// <param name="trimEnd">Seconds skipped at the end; not negative.</param>
    /// <param name="tools">The video programs; null for those on PATH.</param>
    /// <returns>A reader positioned before the first frame; the caller disposes it.</returns>
    /// <exception cref="VideoException">The file is missing or not a video, or its end is to be trimmed and its length
    /// is unknown or too short.</exception>
    /// <exception cref="VideoToolMissingException"><c>ffmpeg</c> or <c>ffprobe</c> cannot be started.</exception>
    public static VideoReader Open(string path, double trimStart = 0, double trimEnd = 0, VideoTools? tools = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(trimStart);
        ArgumentOutOfRangeException.ThrowIfNegative(trimEnd);
        tools ??= VideoTools.OnPath;
        VideoDescription description = VideoProbe.Describe(path, tools);
        List<string> arguments = ["-v", "repeat+error", "-nostdin"];
        if (trimStart > 0) arguments.AddRange(["-ss", Seconds(trimStart)]);
        if (trimEnd > 0) arguments.AddRange(["-t", Seconds(Remaining(path, description, trimStart, trimEnd))]);

        // New timestamps at a fixed rate: every decoded frame comes out once, none repeated or dropped to match a frame
        // rate.
        string filter = $"scale={description.Width}:{description.Height},settb=1/25,setpts=N";
        arguments.AddRange(["-i", Path.GetFullPath(path), "-map", "0:v:0", "-vf", filter, "-r", "25"]);
        arguments.AddRange(["-f", "rawvideo", "-pix_fmt", "rgb24", "pipe:1"]);
        return new VideoReader(path, description, ToolProcess.Start(tools.Ffmpeg, arguments));
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException"><paramref name="rgb"/> is not one frame long.</exception>
    public bool ReadFrame(Span<byte> rgb)
    {
        if (rgb.Length != Description.FrameBytes)
        {
            throw new ArgumentException($"a frame has {Description.FrameBytes} bytes, the buffer has {rgb.Length}");
        }
        if (_ended) return false;
        int count = _process.Output.ReadAtLeast(rgb, rgb.Length, throwOnEndOfStream: false);
        if (count == rgb.Length) return true;

        _ended = true;
        _process.WaitForSuccess(_path);
        Damage = _process.Errors;
        if (count > 0) throw new VideoException($"{_path}: the last frame is truncated, {count} of {rgb.Length} bytes");
        return false;
    }

    /// <inheritdoc/>
    public void Dispose() => _process.Dispose();

    private static double Remaining(string path, VideoDescription description, double trimStart, double trimEnd)
    {
        double length = description.Seconds ?? throw new VideoException(
            $"{path}: cannot trim {trimEnd} s from its end: the file does not give its duration");
        double remaining = length - trimStart - trimEnd;
        if (remaining > 0) return remaining;
        throw new VideoException($"{path}: trimming {trimStart} s and {trimEnd} s leaves nothing of its {length} s");
    }

    private static string Seconds(double value) => value.ToString("0.######", CultureInfo.InvariantCulture);
}
