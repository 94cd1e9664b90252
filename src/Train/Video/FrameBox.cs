namespace GenKernels.Train.Video;

/// <summary>A rectangle in a frame; its edges may lie within pixels.</summary>
/// <param name="Left">Pixels from the left edge.</param>
/// <param name="Top">Pixels from the upper edge.</param>
/// <param name="Right">Pixels from the left edge.</param>
/// <param name="Bottom">Pixels from the upper edge.</param>
public readonly record struct FrameBox(float Left, float Top, float Right, float Bottom)
{
    /// <summary>The largest centred box with the aspect ratio of a target size; its edges may cut pixels.</summary>
    /// <param name="frameWidth">Columns of the frame; positive.</param>
    /// <param name="frameHeight">Rows of the frame; positive.</param>
    /// <param name="width">Columns of the target; positive.</param>
    /// <param name="height">Rows of the target; positive.</param>
    public static FrameBox Fit(int frameWidth, int frameHeight, int width, int height)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(frameWidth);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(frameHeight);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        double ratio = (double)frameWidth / frameHeight;
        double wanted = (double)width / height;
        double boxWidth = ratio > wanted ? wanted * frameHeight : frameWidth;
        double boxHeight = ratio < wanted ? frameWidth / wanted : frameHeight;
        double left = (frameWidth - boxWidth) * 0.5;
        double top = (frameHeight - boxHeight) * 0.5;
        return new FrameBox((float)left, (float)top, (float)(left + boxWidth), (float)(top + boxHeight));
    }
}
