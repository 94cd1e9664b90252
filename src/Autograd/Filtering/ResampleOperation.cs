namespace GenKernels.Autograd;

/// <summary>Filtering, up- and downsampling along one axis; two calls are a separable filter.</summary>
/// <remarks>
/// The paddings are those of StyleGAN2 (Karras et al. 2020): the taps are shared out evenly to both sides, and an axis
/// keeps its length, or has it multiplied or divided by the scale. Beyond the ends lie zeros.
/// </remarks>
public static class ResampleOperation
{
    /// <summary>Up by a whole factor; the gain makes up for the zeros put between the samples.</summary>
    /// <param name="x">Any shape, floats.</param>
    /// <param name="axis">Which axis, from 0 or, negative, from the end.</param>
    /// <param name="filter">The taps, <c>[K]</c>, that sum to 1 to keep the mean.</param>
    /// <param name="scale">How many times longer the axis becomes.</param>
    /// <param name="padding">Further zeros on both sides, at the higher rate; negative to crop.</param>
    /// <param name="flip">False to convolve, true to correlate.</param>
    /// <param name="gain">A further factor of the result.</param>
    public static Variable Upsample(
        this Variable x, int axis, Tensor filter, int scale = 2, int padding = 0, bool flip = false, float gain = 1)
    {
        int taps = filter.Shape[0];
        int before = padding + ((taps + scale - 1) / 2);
        int after = padding + ((taps - scale) / 2);
        return x.Upfirdn(filter, axis, scale, 1, before, after, flip, gain * scale);
    }

    /// <summary>Down by a whole factor.</summary>
    /// <param name="x">Any shape, floats.</param>
    /// <param name="axis">Which axis, from 0 or, negative, from the end.</param>
    /// <param name="filter">The taps, <c>[K]</c>.</param>
    /// <param name="scale">How many times shorter the axis becomes.</param>
    /// <param name="padding">Further zeros on both sides; negative to crop.</param>
    /// <param name="flip">False to convolve, true to correlate.</param>
    /// <param name="gain">A factor of the result.</param>
    public static Variable Downsample(
        this Variable x, int axis, Tensor filter, int scale = 2, int padding = 0, bool flip = false, float gain = 1)
    {
        int taps = filter.Shape[0];
        int before = padding + ((taps - scale + 1) / 2);
        int after = padding + ((taps - scale) / 2);
        return x.Upfirdn(filter, axis, 1, scale, before, after, flip, gain);
    }

    /// <summary>A filter at the same rate.</summary>
    /// <param name="x">Any shape, floats.</param>
    /// <param name="axis">Which axis, from 0 or, negative, from the end.</param>
    /// <param name="filter">The taps, <c>[K]</c>.</param>
    /// <param name="padding">Further zeros on both sides; negative to crop.</param>
    /// <param name="flip">False to convolve, true to correlate.</param>
    /// <param name="gain">A factor of the result.</param>
    public static Variable Filter(
        this Variable x, int axis, Tensor filter, int padding = 0, bool flip = false, float gain = 1)
    {
        int taps = filter.Shape[0];
        return x.Upfirdn(filter, axis, 1, 1, padding + (taps / 2), padding + ((taps - 1) / 2), flip, gain);
    }
}
