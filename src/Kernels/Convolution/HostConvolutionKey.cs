namespace GenKernels.Kernels.Convolution;

/// <summary>What the time of a convolution on the CPU depends on.</summary>
/// <param name="Plan">The geometry.</param>
/// <param name="Role">What it is of a layer.</param>
/// <param name="Type">32-bit or 64-bit floats.</param>
/// <param name="HasLibrary">Whether packed rows are multiplied by a library.</param>
internal readonly record struct HostConvolutionKey(
    ConvolutionPlan Plan, ConvolutionRole Role, ElementType Type, bool HasLibrary)
{
    /// <summary>Names it in the tables of a tuner.</summary>
    public override string ToString() => $"{Role}, {Type}, {Plan}{(HasLibrary ? "" : ", without a library")}";
}
