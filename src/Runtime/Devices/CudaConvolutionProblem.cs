namespace GenKernels.Runtime;

/// <summary>Everything that the choice of an engine depends on: the key of cached plans.</summary>
/// <param name="Kind">Which tensor is computed.</param>
/// <param name="Type">The type of the two tensors that are read.</param>
/// <param name="ResultType">The type of the one that is written.</param>
/// <param name="IsRounded">Whether 32-bit factors may be rounded for tensor cores.</param>
/// <param name="Alignment">The alignment of all addresses in bytes.</param>
/// <param name="Shape">The geometry.</param>
internal readonly record struct CudaConvolutionProblem(
    CudaConvolutionKind Kind, ElementType Type, ElementType ResultType, bool IsRounded, int Alignment,
    CudaConvolutionShape Shape)
{
    /// <inheritdoc/>
    public override string ToString()
    {
        string types = ResultType == Type ? $"{Type}" : $"{Type} into {ResultType}";
        return $"{Kind} of {types}{(IsRounded ? " by TF32" : "")}, {Shape}";
    }
}
