namespace GenKernels.Runtime;

/// <summary>Everything that the choice of an algorithm depends on: the key of a cached plan.</summary>
/// <param name="Type">Of both factors.</param>
/// <param name="ResultType">Of the result, and of the bias.</param>
/// <param name="IsRounded">Whether 32-bit factors may be rounded for tensor cores.</param>
/// <param name="HasBias">Whether one number per column is added.</param>
/// <param name="Shape">Sizes and layouts of the matrices.</param>
internal readonly record struct CudaProductProblem(
    ElementType Type, ElementType ResultType, bool IsRounded, bool HasBias, CudaProductShape Shape)
{
    /// <summary>The alignment that the library assumes where it is told none.</summary>
    internal const int MostAlignment = 256;

    /// <summary>The alignment of A's address in bytes; likewise for B and C.</summary>
    internal int AlignmentOfA { get; init; }

    internal int AlignmentOfB { get; init; }

    internal int AlignmentOfC { get; init; }

    /// <inheritdoc/>
    public override string ToString()
    {
        string types = ResultType == Type ? $"{Type}" : $"{Type} into {ResultType}";
        return $"{types}{(IsRounded ? " by TF32" : "")}{(HasBias ? " with a bias" : "")}, {Shape}";
    }
}
