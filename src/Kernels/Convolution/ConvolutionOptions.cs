namespace GenKernels.Kernels.Convolution;

/// <summary>How a kernel moves over time, rows and columns. A two-dimensional convolution has one frame, a
/// one-dimensional one a single row of it.</summary>
/// <param name="Stride">Elements of the input from one output to the next, at least 1.</param>
/// <param name="Before">Zero padding before the first element; negative to crop.</param>
/// <param name="After">Zero padding after the last element; negative to crop.</param>
/// <param name="Dilation">Elements of the input from one tap to the next, at least 1.</param>
/// <param name="Groups">Groups of channels, each convolved independently; divides both channel counts.</param>
public readonly record struct ConvolutionOptions(
    Triple Stride, Triple Before, Triple After, Triple Dilation, int Groups = 1)
{
    /// <summary>Stride and dilation 1, no padding, one group.</summary>
    public static ConvolutionOptions Default => Padded(default);

    /// <returns>Stride and dilation 1, the same padding on both sides, one group.</returns>
    public static ConvolutionOptions Padded(Triple padding) => new(Triple.One, padding, padding, Triple.One);
}
