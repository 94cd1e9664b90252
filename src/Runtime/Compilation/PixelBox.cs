namespace GenKernels.Runtime;

/// <summary>
/// The bounding box of an im2col tensor map: where the outputs of a convolution start in the input, along columns, rows
/// and frames.
/// </summary>
/// <param name="LowerCorner">Start of the first output relative to the first pixel: minus the padding.</param>
/// <param name="UpperCorner">Start of the last output relative to the last pixel.</param>
/// <param name="Strides">The convolution's strides, up to <see cref="MostStride"/>.</param>
/// <remarks>CUDA driver API, <c>cuTensorMapEncodeIm2col</c>.</remarks>
internal sealed record PixelBox(int[] LowerCorner, int[] UpperCorner, int[] Strides)
{
    /// <summary>The largest stride, and the largest offset of a tap from the first.</summary>
    internal const int MostStride = 8, MostTapOffset = 31;

    /// <returns>Whether a coordinate of a corner fits the descriptor, which has 5 bits for each of three.</returns>
    internal static bool Fits(int corner) => corner is >= -16 and <= 15;
}
