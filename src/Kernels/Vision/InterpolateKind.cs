namespace GenKernels.Kernels.Vision;

/// <summary>How a picture is interpolated to another size; numbered as in <c>Interpolate.cu</c>.</summary>
public enum InterpolateKind
{
    /// <summary>The element at floor(o A / B), for output o of an axis resized from A elements to B.</summary>
    Nearest,

    /// <summary>Linear interpolation between two elements along each axis.</summary>
    Bilinear,

    /// <summary>Keys' cubic convolution of four elements along each axis, a = -3/4.</summary>
    Bicubic,

    /// <summary>The mean over all elements that an output covers at least in part (adaptive average pooling).</summary>
    Area,
}
