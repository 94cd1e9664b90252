namespace GenKernels.Kernels.Vision;

/// <summary>
/// Where in an axis of A elements the B outputs of <see cref="InterpolateKind.Bilinear"/> and
/// <see cref="InterpolateKind.Bicubic"/> lie; numbered as in <c>Interpolate.cu</c>.
/// </summary>
public enum InterpolateGrid
{
    /// <summary>Output o at (o + 1/2) A / B - 1/2: edges of both pictures coincide.</summary>
    HalfPixel,

    /// <summary>Output o at o (A - 1) / (B - 1): the middles of the corner pixels coincide.</summary>
    Corners,

    /// <summary>Output o at o A / B: the first pixels coincide.</summary>
    FirstPixel,
}
