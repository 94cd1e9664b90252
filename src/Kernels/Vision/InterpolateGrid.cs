namespace GenKernels.Kernels.Vision;

/// <summary>
/// Positions of the B outputs along an axis of A elements, for <see cref="InterpolateKind.Bilinear"/> and
/// <see cref="InterpolateKind.Bicubic"/>; numbered as in <c>Interpolate.cu</c>.
/// </summary>
public enum InterpolateGrid
{
    /// <summary>Output o at (o + 1/2) A / B - 1/2: the edges of both pictures coincide.</summary>
    HalfPixel,

    /// <summary>Output o at o (A - 1) / (B - 1): the centres of the corner pixels coincide.</summary>
    Corners,

    /// <summary>Output o at o A / B: the first pixels coincide.</summary>
    FirstPixel,
}
