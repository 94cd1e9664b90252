namespace GenKernels.Train.Metrics;

/// <summary>How much of the colours of a video's first frame remain in a later one: histogram intersection.</summary>
/// <remarks>
/// Thesis, chapter 2, Eq. 2.1. Pixels fall into 20 x 20 x 20 bins, floor((v/2 + 0.5) 19 + 0.5) for each channel (so
/// that the two end bins are half as wide); the similarity is the sum over bins of the smaller count, divided by the
/// number of pixels. Takes frames one at a time: a video of any length needs the memory of two histograms.
/// </remarks>
public sealed class ColorSimilarity
{
    /// <summary>Bins of each channel.</summary>
    internal const int Levels = 20;

    private readonly int[] _first;
    private readonly int[] _current = new int[Levels * Levels * Levels];

    /// <param name="firstFrame">The reference frame, <c>[H, W, 3]</c>, values in [-1, 1]; values outside are
    /// clamped.</param>
    /// <exception cref="ArgumentException">The frame is empty, or does not have three values per pixel.</exception>
    public ColorSimilarity(ReadOnlySpan<float> firstFrame)
    {
        if (firstFrame.IsEmpty || firstFrame.Length % 3 != 0)
        {
            throw new ArgumentException($"needs a frame of three values a pixel, got {firstFrame.Length} values");
        }
        PixelCount = firstFrame.Length / 3;
        _first = new int[Levels * Levels * Levels];
        Count(firstFrame, _first);
    }

    /// <summary>Pixels in every frame.</summary>
    public int PixelCount { get; }

    /// <param name="frame">A frame of the size of the first, <c>[H, W, 3]</c>, values in [-1, 1].</param>
    /// <returns>In [0, 1]; 1 if the histogram equals that of the first frame.</returns>
    /// <exception cref="ArgumentException">The frame has another size than the first.</exception>
    public double Of(ReadOnlySpan<float> frame)
    {
        if (frame.Length != PixelCount * 3)
        {
            throw new ArgumentException($"needs a frame of {PixelCount} pixels, got {frame.Length} values");
        }
        Array.Clear(_current);
        Count(frame, _current);
        long common = 0;
        for (int bin = 0; bin < _first.Length; bin++) common += Math.Min(_first[bin], _current[bin]);
        return (double)common / PixelCount;
    }

    /// <summary>The similarity of every frame of a video to its first.</summary>
    /// <param name="video"><c>[T, H, W, 3]</c>, values in [-1, 1].</param>
    /// <param name="frameCount">T; positive.</param>
    /// <returns><c>[T]</c>; the first is 1.</returns>
    /// <exception cref="ArgumentException">The video does not divide into that many frames.</exception>
    public static double[] OverTime(ReadOnlySpan<float> video, int frameCount)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(frameCount);
        if (video.Length % frameCount != 0)
        {
            throw new ArgumentException($"{video.Length} values are not {frameCount} frames of one size");
        }
        int frameLength = video.Length / frameCount;
        ColorSimilarity similarity = new(video[..frameLength]);
        double[] values = new double[frameCount];
        for (int t = 0; t < frameCount; t++) values[t] = similarity.Of(video.Slice(t * frameLength, frameLength));
        return values;
    }

    /// <returns>The bin of a pixel among all.</returns>
    /// <param name="pixel">Red, green and blue.</param>
    internal static int Bin(ReadOnlySpan<float> pixel) =>
        (Level(pixel[0]) * Levels + Level(pixel[1])) * Levels + Level(pixel[2]);

    private static void Count(ReadOnlySpan<float> frame, int[] histogram)
    {
        for (int i = 0; i < frame.Length; i += 3) histogram[Bin(frame.Slice(i, 3))]++;
    }

    // In 32 bits, like the recorded cases: a value on the edge of a bin must fall on the same side.
    private static int Level(float value) =>
        (int)Math.Clamp(MathF.Floor((value / 2f + 0.5f) * (Levels - 1) + 0.5f), 0f, Levels - 1);
}
