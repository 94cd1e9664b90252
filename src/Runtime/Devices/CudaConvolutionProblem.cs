namespace GenKernels.Runtime;

/// <summary>All that decides how a convolution is best done: what a plan is kept under.</summary>
/// <param name="Kind">What is made.</param>
/// <param name="Type">Of the two tensors that are read.</param>
/// <param name="ResultType">Of the one that is made.</param>
/// <param name="IsRounded">Whether 32-bit factors may be rounded for tensor cores.</param>
/// <param name="Alignment">What the addresses are multiples of, in bytes.</param>
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
