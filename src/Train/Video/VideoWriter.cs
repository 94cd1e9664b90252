namespace GenKernels.Train.Video;

/// <summary>Chooses the writer that a path asks for.</summary>
public static class VideoWriter
{
    /// <param name="path">Ends in <c>.mp4</c> or <c>.webp</c>; without extension it is a folder of PNG frames.</param>
    /// <param name="width">Columns of a frame; positive.</param>
    /// <param name="height">Rows of a frame; positive.</param>
    /// <param name="options">The defaults when null.</param>
    /// <param name="tools">The programs; those on PATH when null.</param>
    /// <returns>A writer before the first frame; the caller completes and disposes it.</returns>
    /// <exception cref="VideoException">Another extension, or a folder that has something in it.</exception>
    /// <exception cref="VideoToolMissingException">
    /// An mp4 is asked for, and <c>ffmpeg</c> cannot be started.
    /// </exception>
    public static IVideoWriter Create(
        string path, int width, int height, VideoWriterOptions? options = null, VideoTools? tools = null)
    {
        options ??= new VideoWriterOptions();
        path = Path.TrimEndingDirectorySeparator(path);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.FrameRate);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.Scale);
        return Path.GetExtension(path).ToLowerInvariant() switch
        {
            ".mp4" => new Mp4VideoWriter(path, width, height, options, tools ?? VideoTools.OnPath),
            ".webp" => new WebpVideoWriter(path, width, height, options),
            "" => new FrameFolderWriter(path, width, height, options),
            string extension => throw new VideoException(
                $"{path}: cannot write {extension}; needs .mp4, .webp, or no extension for a folder of PNG frames"),
        };
    }
}
