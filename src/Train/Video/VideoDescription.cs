namespace GenKernels.Train.Video;

/// <summary>What is known of a video before it is decoded.</summary>
/// <param name="Width">Columns of a frame as shown, in pixels.</param>
/// <param name="Height">Rows of a frame as shown, in pixels.</param>
/// <param name="FrameRate">Mean frames a second; positive.</param>
/// <param name="FrameCount">Frames that the container says it holds; null when it does not say.</param>
/// <param name="Seconds">The length that the container says; null when it does not say.</param>
public sealed record VideoDescription(int Width, int Height, double FrameRate, long? FrameCount, double? Seconds)
{
    /// <summary>Bytes of one frame, three a pixel.</summary>
    public int FrameBytes => checked(Width * Height * 3);
}
