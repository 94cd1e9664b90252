namespace GenKernels.Runtime;

/// <summary>All that decides how a matrix product is best done: what a plan is kept under.</summary>
/// <param name="Type">Of both factors.</param>
/// <param name="ResultType">Of the result, and of the bias.</param>
/// <param name="IsRounded">Whether 32-bit factors may be rounded for tensor cores.</param>
/// <param name="HasBias">Whether one number a column is added.</param>
/// <param name="Shape">Sizes, and how the matrices lie.</param>
internal readonly record struct CudaProductProblem(
    ElementType Type, ElementType ResultType, bool IsRounded, bool HasBias, CudaProductShape Shape)
{
    /// <summary>What the library takes for granted where it is told nothing.</summary>
    internal const int MostAlignment = 256;

    /// <summary>What the address of A is a multiple of, in bytes; so for B and C.</summary>
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
