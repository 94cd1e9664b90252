namespace GenKernels.Runtime;

/// <summary>How matrix products and convolutions of 32-bit floats multiply; sums are not rounded further.</summary>
public enum MatrixPrecision
{
    /// <summary>Every product of two 32-bit floats as it is: without tensor cores.</summary>
    Exact,

    /// <summary>
    /// Factors are rounded to 10 bits of fraction first, the exponent kept (NVIDIA's TF32): tensor cores do the rest.
    /// Devices without warps multiply exactly all the same.
    /// </summary>
    Tf32,
}
