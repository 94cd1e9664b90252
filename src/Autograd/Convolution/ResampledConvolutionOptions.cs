namespace GenKernels.Autograd;

/// <summary>Resampling, padding and grouping of a <see cref="ResampledConvolutionOperation"/>.</summary>
/// <param name="Up">The upsampling factor before the convolution, at least 1.</param>
/// <param name="Down">The downsampling factor after it, at least 1.</param>
/// <param name="Padding">Zero padding around the upsampled images, besides that which centres the filter.</param>
/// <param name="IsTurned">
/// Whether the weights are flipped along both axes, for a convolution in the strict sense; else cross-correlation, as
/// usual in networks.
/// </param>
/// <param name="Groups">The number of channel groups, each convolved separately.</param>
public readonly record struct ResampledConvolutionOptions(
    int Up = 1, int Down = 1, ImagePadding Padding = default, bool IsTurned = false, int Groups = 1)
{
    /// <summary>No resampling, no padding.</summary>
    public static ResampledConvolutionOptions Default => new(1);
}
