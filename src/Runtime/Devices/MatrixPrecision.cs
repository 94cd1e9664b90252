namespace GenKernels.Runtime;

/// <summary>
/// How matrix products and convolutions of 32-bit floats round their factors; sums are not rounded further.
/// </summary>
public enum MatrixPrecision
{
    /// <summary>Not at all: 32-bit factors are multiplied without tensor cores.</summary>
    Exact,

    /// <summary>
    /// To 10 fraction bits, with the exponent kept (NVIDIA's TF32), so that tensor cores multiply them. Devices without
    /// warps multiply exactly nevertheless.
    /// </summary>
    Tf32,
}
