namespace GenKernels.Train.Video;

/// <summary>
/// How much of each pixel a resized one takes, by the distance x of their middles; stretched by the scale when
/// shrinking, so that what the output cannot show is filtered out. As Pillow's filters of the same names.
/// </summary>
public enum ResizeFilter
{
    /// <summary>sinc(x) sinc(x/3) below 3.</summary>
    Lanczos,

    /// <summary>Keys' cubic with a = -1/2, below 2.</summary>
    Bicubic,

    /// <summary>1 - |x| below 1.</summary>
    Bilinear,

    /// <summary>All alike up to 1/2: a mean.</summary>
    Box,
}
