namespace GenKernels.Kernels.Movement;

/// <summary>What lies outside a tensor that is padded.</summary>
public enum Border
{
    /// <summary>Zeros.</summary>
    Zero,

    /// <summary>The nearest element of the tensor.</summary>
    Replicate,

    /// <summary>
    /// The element that lies as far within from the outermost one, which is not repeated: at most one less than the
    /// tensor has.
    /// </summary>
    Reflect,
}
