namespace GenKernels.Kernels.Convolution;

/// <summary>What of a layer is computed.</summary>
internal enum ConvolutionRole
{
    /// <summary>Its result.</summary>
    Forward,

    /// <summary>The gradient of its activations.</summary>
    DataGradient,

    /// <summary>The gradient of its weights.</summary>
    WeightGradient,
}
