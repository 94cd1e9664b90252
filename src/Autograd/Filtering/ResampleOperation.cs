namespace GenKernels.Autograd;

/// <summary>Filtering, up- and downsampling along one axis; two calls make a separable 2-D filter.</summary>
/// <remarks>
/// The paddings are those of StyleGAN2 (Karras et al. 2020): taps are split evenly between both sides, so that an axis
/// keeps its length, or has it multiplied or divided by the scale. Beyond the ends are zeros.
/// </remarks>
public static class ResampleOperation
{
    /// <summary>
    /// Upsampling by an integer factor; the gain compensates for the zeros inserted between the samples.
    /// </summary>
    /// <param name="x">Any shape, floats.</param>
    /// <param name="axis">The axis, from 0 or, negative, from the end.</param>
    /// <param name="filter">The taps, <c>[K]</c>; taps that sum to 1 keep the mean.</param>
    /// <param name="scale">The upsampling factor.</param>
    /// <param name="padding">Additional zeros on both sides, at the higher rate; negative to crop.</param>
    /// <param name="flip">False for convolution, true for correlation.</param>
    /// <param name="gain">A further factor of the result.</param>
    public static Variable Upsample(
        this Variable x, int axis, Tensor filter, int scale = 2, int padding = 0, bool flip = false, float gain = 1)
    {
        int taps = filter.Shape[0];
        int before = padding + ((taps + scale - 1) / 2);
        int after = padding + ((taps - scale) / 2);
        return x.Upfirdn(filter, axis, scale, 1, before, after, flip, gain * scale);
    }

    /// <summary>Downsampling by an integer factor.</summary>
    /// <param name="x">Any shape, floats.</param>
    /// <param name="axis">The axis, from 0 or, negative, from the end.</param>
    /// <param name="filter">The taps, <c>[K]</c>.</param>
    /// <param name="scale">The downsampling factor.</param>
    /// <param name="padding">Additional zeros on both sides; negative to crop.</param>
    /// <param name="flip">False for convolution, true for correlation.</param>
    /// <param name="gain">A factor of the result.</param>
    public static Variable Downsample(
        this Variable x, int axis, Tensor filter, int scale = 2, int padding = 0, bool flip = false, float gain = 1)
    {
        int taps = filter.Shape[0];
        int before = padding + ((taps - scale + 1) / 2);
        int after = padding + ((taps - scale) / 2);
        return x.Upfirdn(filter, axis, 1, scale, before, after, flip, gain);
    }

    /// <summary>Filtering at the same rate.</summary>
    /// <param name="x">Any shape, floats.</param>
    /// <param name="axis">The axis, from 0 or, negative, from the end.</param>
    /// <param name="filter">The taps, <c>[K]</c>.</param>
    /// <param name="padding">Additional zeros on both sides; negative to crop.</param>
    /// <param name="flip">False for convolution, true for correlation.</param>
    /// <param name="gain">A factor of the result.</param>
    public static Variable Filter(
        this Variable x, int axis, Tensor filter, int padding = 0, bool flip = false, float gain = 1)
    {
        int taps = filter.Shape[0];
        return x.Upfirdn(filter, axis, 1, 1, padding + (taps / 2), padding + ((taps - 1) / 2), flip, gain);
    }
}
