namespace GenKernels.Train.Video;

/// <summary>A rectangle in a frame whose edges may lie within pixels.</summary>
/// <param name="Left">In pixels from the left edge.</param>
/// <param name="Top">In pixels from the upper edge.</param>
/// <param name="Right">In pixels from the left edge.</param>
/// <param name="Bottom">In pixels from the upper edge.</param>
public readonly record struct FrameBox(float Left, float Top, float Right, float Bottom)
{
    /// <summary>The largest in the middle of a frame that has the aspect ratio of a target size, uncut pixels or not.
    /// </summary>
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
