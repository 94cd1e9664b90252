namespace GenKernels.Kernels.Convolution;

/// <summary>Which of a layer's three computations a convolution is.</summary>
internal enum ConvolutionRole
{
    /// <summary>The layer's result.</summary>
    Forward,

    /// <summary>The gradient with respect to its activations.</summary>
    DataGradient,

    /// <summary>The gradient with respect to its weights.</summary>
    WeightGradient,
}
