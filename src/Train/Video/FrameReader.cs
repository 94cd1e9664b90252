namespace GenKernels.Train.Video;

/// <summary>Opens whatever holds frames: a video file, an animated WebP or a folder of pictures.</summary>
public static class FrameReader
{
    /// <param name="path">A file or folder.</param>
    /// <param name="tools">The programs; those on PATH when null.</param>
    /// <returns>A reader before the first frame; the caller disposes it.</returns>
    /// <exception cref="VideoException">Nothing there that holds frames.</exception>
    /// <exception cref="VideoToolMissingException">A video file, and the programs to decode it are missing.</exception>
    public static IFrameReader Open(string path, VideoTools? tools = null)
    {
        bool isPictures = Directory.Exists(path)
            || string.Equals(Path.GetExtension(path), ".webp", StringComparison.OrdinalIgnoreCase);
        return isPictures ? ImageSequenceReader.Open(path) : VideoReader.Open(path, tools: tools);
    }
}
