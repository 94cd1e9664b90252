namespace GenKernels.Kernels.Convolution;

/// <summary>How a kernel moves over time, rows and columns. A convolution in one or two dimensions has one frame, or
/// one row.</summary>
/// <param name="Stride">Steps between outputs, at least 1.</param>
/// <param name="Before">Zeros before the first element; negative to leave elements out.</param>
/// <param name="After">Zeros after the last element; negative to leave elements out.</param>
/// <param name="Dilation">Steps between taps, at least 1.</param>
/// <param name="Groups">Into how many parts the channels are divided, each convolved by itself.</param>
public readonly record struct ConvolutionOptions(
    Triple Stride, Triple Before, Triple After, Triple Dilation, int Groups = 1)
{
    /// <summary>One step, no padding.</summary>
    public static ConvolutionOptions Default => Padded(default);

    /// <returns>One step, the same padding on both sides.</returns>
    public static ConvolutionOptions Padded(Triple padding) => new(Triple.One, padding, padding, Triple.One);
}
