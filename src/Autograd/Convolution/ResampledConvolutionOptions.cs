namespace GenKernels.Autograd;

/// <summary>What <see cref="ResampledConvolutionOperation"/> does beside convolving.</summary>
/// <param name="Up">How many times larger the images become first, at least 1.</param>
/// <param name="Down">How many times smaller they become last, at least 1.</param>
/// <param name="Padding">Zeros around the enlarged images, beside those that make up for the filter.</param>
/// <param name="IsTurned">
/// Whether the weights are turned by half a circle, which makes it a convolution in the strict sense; else it
/// correlates, as networks do.
/// </param>
/// <param name="Groups">Into how many parts the channels are divided, each convolved by itself.</param>
public readonly record struct ResampledConvolutionOptions(
    int Up = 1, int Down = 1, ImagePadding Padding = default, bool IsTurned = false, int Groups = 1)
{
    /// <summary>No resampling, no padding.</summary>
    public static ResampledConvolutionOptions Default => new(1);
}
