namespace GenKernels.Kernels.Reduction;

/// <summary>What <see cref="Reduce"/> computes along the reduced axes.</summary>
public enum ReduceKind
{
    /// <summary>Σ x; 0 for an empty axis.</summary>
    Sum,

    /// <summary>Σ x²; 0 for an empty axis.</summary>
    SumOfSquares,

    /// <summary>max x; minus infinity for an empty axis.</summary>
    Maximum,

    /// <summary>max |x|; minus infinity for an empty axis.</summary>
    MaximumMagnitude,
}
