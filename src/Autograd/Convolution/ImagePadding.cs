namespace GenKernels.Autograd;

/// <summary>Zero padding of images in pixels; negative to crop.</summary>
/// <param name="Left">Before the first column.</param>
/// <param name="Right">After the last column.</param>
/// <param name="Top">Before the first row.</param>
/// <param name="Bottom">After the last row.</param>
public readonly record struct ImagePadding(int Left, int Right, int Top, int Bottom)
{
    /// <param name="count">Pixels on each of the four sides.</param>
    public static ImagePadding Around(int count) => new(count, count, count, count);
}
