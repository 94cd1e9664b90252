namespace GenKernels.Kernels.Movement;

/// <summary>The values that pad a tensor.</summary>
public enum Border
{
    /// <summary>Zeros.</summary>
    Zero,

    /// <summary>The nearest element of the axis.</summary>
    Replicate,

    /// <summary>
    /// The mirror image about the outermost element, which is not repeated; at most one element less than the axis has.
    /// </summary>
    Reflect,
}
