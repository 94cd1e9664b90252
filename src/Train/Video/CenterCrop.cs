namespace GenKernels.Train.Video;

/// <summary>The largest centred rectangle of a frame that has the aspect ratio of a target size.</summary>
/// <remarks>
/// The relatively larger dimension is cropped to <c>target * scale</c>, where scale is frame / target of the other one;
/// the crop starts at <c>floor((size - cut) / 2)</c>, and its end is rounded to the nearest pixel, ties to even.
/// </remarks>
/// <param name="Left">First column.</param>
/// <param name="Top">First row.</param>
/// <param name="Width">Columns.</param>
/// <param name="Height">Rows.</param>
public readonly record struct CenterCrop(int Left, int Top, int Width, int Height)
{
    /// <param name="frameWidth">Columns of the frame; positive.</param>
    /// <param name="frameHeight">Rows of the frame; positive.</param>
    /// <param name="width">Columns of the target; positive.</param>
    /// <param name="height">Rows of the target; positive.</param>
    public static CenterCrop Of(int frameWidth, int frameHeight, int width, int height)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(frameWidth);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(frameHeight);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        double horizontalScale = (double)frameWidth / width;
        double verticalScale = (double)frameHeight / height;
        if (verticalScale > horizontalScale)
        {
            (int top, int rows) = Middle(frameHeight, height * horizontalScale);
            return new CenterCrop(0, top, frameWidth, rows);
        }
        if (horizontalScale > verticalScale)
        {
            (int left, int columns) = Middle(frameWidth, width * verticalScale);
            return new CenterCrop(left, 0, columns, frameHeight);
        }
        return new CenterCrop(0, 0, frameWidth, frameHeight);
    }

    private static (int Start, int Size) Middle(int size, double cut)
    {
        double start = Math.Floor((size - cut) / 2);
        int end = (int)Math.Round(start + cut, MidpointRounding.ToEven);
        return ((int)start, Math.Max(1, end - (int)start));
    }
}
