namespace GenKernels.Train.Video;

/// <summary>Settings of a written video.</summary>
/// <param name="FrameRate">Frames per second; positive.</param>
/// <param name="Scale">Integer zoom: every pixel becomes a square with sides of this many pixels; at least 1.</param>
/// <param name="ConstantRateFactor">Quality of mp4, from 0 (lossless) to 51 (worst).</param>
/// <param name="WebpQuality">Quality of WebP, from 1 to 100 (best).</param>
public sealed record VideoWriterOptions(
    double FrameRate = 30,
    int Scale = 1,
    int ConstantRateFactor = 18,
    int WebpQuality = 85);
