namespace GenKernels.Train.Video;

/// <summary>The sizes at which InstructPix2Pix edits pictures: multiples of 64.</summary>
public static class EditedSize
{
    private const int Unit = 64;

    /// <param name="width">Columns of the picture; positive.</param>
    /// <param name="height">Rows of the picture; positive.</param>
    /// <param name="resolution">Desired length of the longer side; positive.</param>
    /// <returns>The shorter side, scaled and rounded up to a multiple of 64; the longer side, scaled by the resulting
    /// factor and rounded down to one.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A number is not positive.</exception>
    public static (int Width, int Height) Of(int width, int height, int resolution)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(resolution);
        double shorter = Math.Min(width, height);
        double scaled = shorter * ((double)resolution / Math.Max(width, height));
        double factor = Math.Ceiling(scaled / Unit) * Unit / shorter;
        return (Whole(width * factor), Whole(height * factor));
    }

    // Rounding in the product may leave the shorter side just below the multiple that it was brought to.
    private static int Whole(double size) => Math.Max(1, (int)Math.Floor(size / Unit)) * Unit;
}
