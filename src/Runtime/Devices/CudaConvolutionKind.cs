namespace GenKernels.Runtime;

/// <summary>Which of the three tensors of a convolution y = conv(x, w) is made from the other two.</summary>
internal enum CudaConvolutionKind
{
    /// <summary>y.</summary>
    Forward,

    /// <summary>The gradient that arrives at x, in its place.</summary>
    DataGradient,

    /// <summary>The gradient that arrives at w, in its place.</summary>
    WeightGradient,
}
