namespace GenKernels.Autograd;

/// <summary>
/// Every differentiable operation with sample inputs, for the generic tests of values, gradients, types and devices.
/// </summary>
public static partial class OpCatalog
{
    /// <summary>All samples, family by family.</summary>
    public static IReadOnlyList<OpSample> All { get; } =
    [
        .. Elementwise(), .. Reduction(), .. Movement(), .. Normalization(), .. MatrixProduct(), .. Convolution(),
        .. Filtering(),
        .. Augmentation(), .. Vision(), .. Diffusion(), .. Attention(),
    ];
}
