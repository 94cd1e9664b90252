namespace GenKernels.Runtime;

/// <summary>Which of the three tensors of a convolution y = conv(x, w) is computed from the other two.</summary>
internal enum CudaConvolutionKind
{
    /// <summary>y.</summary>
    Forward,

    /// <summary>The gradient of x, which takes its place.</summary>
    DataGradient,

    /// <summary>The gradient of w, which takes its place.</summary>
    WeightGradient,
}
