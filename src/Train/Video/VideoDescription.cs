namespace GenKernels.Train.Video;

/// <summary>Properties of a video that are known before it is decoded.</summary>
/// <param name="Width">Columns of a frame as shown, in pixels.</param>
/// <param name="Height">Rows of a frame as shown, in pixels.</param>
/// <param name="FrameRate">Mean frames per second; positive.</param>
/// <param name="FrameCount">Number of frames according to the container; null if it does not say.</param>
/// <param name="Seconds">Length according to the container; null if it does not say.</param>
public sealed record VideoDescription(int Width, int Height, double FrameRate, long? FrameCount, double? Seconds)
{
    /// <summary>Bytes of one frame, three per pixel.</summary>
    public int FrameBytes => checked(Width * Height * 3);
}
