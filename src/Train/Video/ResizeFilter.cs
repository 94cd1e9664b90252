namespace GenKernels.Train.Video;

/// <summary>
/// Weight of an input pixel by the distance x of its centre from the output pixel's; widened by the scale when
/// shrinking, as a low-pass filter. The same as Pillow's filters of these names.
/// </summary>
public enum ResizeFilter
{
    /// <summary>sinc(x) sinc(x/3) for |x| below 3.</summary>
    Lanczos,

    /// <summary>Keys' cubic with a = -1/2, for |x| below 2.</summary>
    Bicubic,

    /// <summary>1 - |x|, for |x| below 1.</summary>
    Bilinear,

    /// <summary>Equal weights up to |x| = 1/2: a mean.</summary>
    Box,
}
