namespace GenKernels.Train.Video;

/// <summary>Opens any source of frames: a video file, an animated WebP or a folder of pictures.</summary>
public static class FrameReader
{
    /// <param name="path">A file or folder.</param>
    /// <param name="tools">The video programs; null for those on PATH.</param>
    /// <returns>A reader positioned before the first frame; the caller disposes it.</returns>
    /// <exception cref="VideoException">The path holds no frames.</exception>
    /// <exception cref="VideoToolMissingException">It is a video file, and the programs to decode it are
    /// missing.</exception>
    public static IFrameReader Open(string path, VideoTools? tools = null)
    {
        bool isPictures = Directory.Exists(path)
            || string.Equals(Path.GetExtension(path), ".webp", StringComparison.OrdinalIgnoreCase);
        return isPictures ? ImageSequenceReader.Open(path) : VideoReader.Open(path, tools: tools);
    }
}
