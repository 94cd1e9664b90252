using GenKernels.Runtime;

namespace GenKernels.Train.Video;

/// <summary>Creates the writer that a path's extension asks for.</summary>
public static class VideoWriter
{
    /// <param name="path">Ends in <c>.mp4</c> or <c>.webp</c>; without extension it is a folder of PNG frames.</param>
    /// <param name="width">Columns of a frame; positive.</param>
    /// <param name="height">Rows of a frame; positive.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <param name="tools">The video programs; null for those on PATH.</param>
    /// <returns>A writer without frames; the caller completes and disposes it.</returns>
    /// <exception cref="VideoException">
    /// The extension is another one, or the path is a device, a folder where a file is needed or a folder that is not
    /// empty.
    /// </exception>
    /// <exception cref="VideoToolMissingException">The path is an mp4, and <c>ffmpeg</c> cannot be started.</exception>
    public static IVideoWriter Create(
        string path, int width, int height, VideoWriterOptions? options = null, VideoTools? tools = null)
    {
        options ??= new VideoWriterOptions();
        path = Path.TrimEndingDirectorySeparator(path);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.FrameRate);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.Scale);
        bool isFile = Path.GetExtension(path).Length > 0;
        if (isFile && Directory.Exists(path)) throw new VideoException($"{path}: is a folder; expected a file");
        if (AtomicFile.IsDevice(path)) throw new VideoException($"{path}: is a device; expected a file");
        return Path.GetExtension(path).ToLowerInvariant() switch
        {
            ".mp4" => new Mp4VideoWriter(path, width, height, options, tools ?? VideoTools.OnPath),
            ".webp" => new WebpVideoWriter(path, width, height, options),
            "" => new FrameFolderWriter(path, width, height, options),
            string extension => throw new VideoException(
                $"{path}: cannot write {extension}; expected .mp4, .webp, or no extension for a folder of PNG frames"),
        };
    }
}
