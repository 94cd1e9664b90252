namespace GenKernels.Kernels.Vision;

/// <summary>The size of the result of <see cref="Interpolate"/>, and the interpolation.</summary>
/// <param name="Kind">The interpolation between elements.</param>
/// <param name="Height">Rows of the result; positive.</param>
/// <param name="Width">Columns of the result; positive.</param>
/// <param name="Grid">
/// Positions of the outputs; used only by <see cref="InterpolateKind.Bilinear"/> and
/// <see cref="InterpolateKind.Bicubic"/>.
/// </param>
public readonly record struct InterpolateOptions(
    InterpolateKind Kind, int Height, int Width, InterpolateGrid Grid = InterpolateGrid.HalfPixel);
