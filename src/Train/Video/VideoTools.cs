namespace GenKernels.Train.Video;

/// <summary>The programs that decode and encode videos.</summary>
/// <param name="Ffmpeg">A name looked up on PATH, or a path.</param>
/// <param name="Ffprobe">A name looked up on PATH, or a path.</param>
public sealed record VideoTools(string Ffmpeg = "ffmpeg", string Ffprobe = "ffprobe")
{
    /// <summary>The programs found on PATH.</summary>
    public static VideoTools OnPath { get; } = new();
}
