namespace GenKernels.Train.Video;

/// <summary>The sizes that InstructPix2Pix edits pictures in: multiples of 64.</summary>
public static class EditedSize
{
    private const int Unit = 64;

    /// <param name="width">Columns of the picture; positive.</param>
    /// <param name="height">Rows of it; positive.</param>
    /// <param name="resolution">What the longer side should come to; positive.</param>
    /// <returns>
    /// The shorter side as scaled, up to the next multiple of 64; the longer one as that scales it, down to one.
    /// </returns>
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
