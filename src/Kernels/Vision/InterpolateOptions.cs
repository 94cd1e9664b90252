namespace GenKernels.Kernels.Vision;

/// <summary>To which size, and how.</summary>
/// <param name="Kind">How values come about between the elements.</param>
/// <param name="Height">Rows of the result; positive.</param>
/// <param name="Width">Columns of the result; positive.</param>
/// <param name="Grid">Where the outputs lie; <see cref="InterpolateKind.Bilinear"/> and
/// <see cref="InterpolateKind.Bicubic"/> alone ask.</param>
public readonly record struct InterpolateOptions(
    InterpolateKind Kind, int Height, int Width, InterpolateGrid Grid = InterpolateGrid.HalfPixel);
