namespace GenKernels.Train.Video;

/// <summary>How a video is written.</summary>
/// <param name="FrameRate">Frames a second; positive.</param>
/// <param name="Scale">Every pixel becomes a square of this many pixels; at least 1.</param>
/// <param name="ConstantRateFactor">Quality of mp4, 0 (lossless) to 51 (worst).</param>
/// <param name="WebpQuality">Quality of WebP, 1 to 100 (best).</param>
public sealed record VideoWriterOptions(
    double FrameRate = 30,
    int Scale = 1,
    int ConstantRateFactor = 18,
    int WebpQuality = 85);
