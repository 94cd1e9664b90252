namespace GenKernels.Kernels.Vision;

/// <summary>How a picture is brought to another size; numbered as in <c>Interpolate.cu</c>.</summary>
public enum InterpolateKind
{
    /// <summary>The element at floor(o A / B) for output o of B, of A elements.</summary>
    Nearest,

    /// <summary>Between the two nearest along each axis, linearly.</summary>
    Bilinear,

    /// <summary>Keys' cubic convolution of four along each axis, a = -3/4.</summary>
    Bicubic,

    /// <summary>The mean over all elements that an output covers at least in part (adaptive average).</summary>
    Area,
}
