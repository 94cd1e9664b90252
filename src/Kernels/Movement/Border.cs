namespace GenKernels.Kernels.Movement;

/// <summary>What lies outside a tensor that is padded.</summary>
public enum Border
{
    /// <summary>Zeros.</summary>
    Zero,

    /// <summary>The nearest element of the tensor.</summary>
    Replicate,
}
