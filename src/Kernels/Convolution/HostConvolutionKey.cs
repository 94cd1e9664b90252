namespace GenKernels.Kernels.Convolution;

/// <summary>The tuner's key of a convolution on the CPU: all that its time depends on.</summary>
/// <param name="Plan">The geometry.</param>
/// <param name="Role">Whether it is the convolution or one of its gradients.</param>
/// <param name="Type">32-bit or 64-bit floats.</param>
/// <param name="HasLibrary">Whether packed rows are multiplied by a library (BLAS).</param>
internal readonly record struct HostConvolutionKey(
    ConvolutionPlan Plan, ConvolutionRole Role, ElementType Type, bool HasLibrary)
{
    /// <summary>The name of the work in a tuner's tables.</summary>
    public override string ToString() => $"{Role}, {Type}, {Plan}{(HasLibrary ? "" : ", without a library")}";
}
