using GenKernels.Kernels.Convolution;
using GenKernels.Kernels.Filtering;

namespace GenKernels.Autograd;

/// <summary>A convolution of images with upsampling before it, or downsampling after it.</summary>
/// <remarks>Source: Karras et al. 2020, Analyzing and Improving the Image Quality of StyleGAN, appendix B.</remarks>
public static class ResampledConvolutionOperation
{
    /// <summary>
    /// y = down(filter(conv(filter(up(x))))), in the cheapest equivalent order: a 1 x 1 kernel is applied where the
    /// images are smallest; larger kernels take the downsampling as their stride, and the upsampling as a transposed
    /// convolution, which then precedes the filter. The filter's gain of Up² compensates for the inserted zeros.
    /// Differentiable to any order.
    /// </summary>
    /// <param name="x">Images, <c>[N, H, W, C]</c>, floats.</param>
    /// <param name="w">Weights, <c>[O, kH, kW, C / groups]</c>.</param>
    /// <param name="filter">
    /// A separable filter for both axes, <c>[K]</c>, or a 2-D one, <c>[I, J]</c>, of 32-bit floats; taps that sum to 1
    /// keep the mean. Not read, and may be null, where nothing is resampled.
    /// </param>
    /// <param name="options">Resampling factors, padding and groups.</param>
    /// <returns>
    /// <c>[N, H', W', O]</c>. With an even number of taps and padding (kH - 1) / 2, H' = H Up / Down.
    /// </returns>
    /// <exception cref="ShapeException">Shapes do not fit, a factor is below 1, or the filter is missing.</exception>
    public static Variable ResampledConvolution(
        this Variable x, Variable w, Tensor? filter, ResampledConvolutionOptions options)
    {
        Require.Rank(x.Value, 4);
        Require.Rank(w.Value, 4);
        (int up, int down) = (options.Up, options.Down);
        Require.That(up > 0 && down > 0, $"the factors must be at least 1, got up {up} and down {down}");
        if (up == 1 && down == 1) return Convolve(x, w, options, options.Padding);
        if (filter is null) throw new ShapeException("ResampledConvolution: resampling needs a filter, got null");
        Require.That(filter.Shape.Rank is 1 or 2, $"the filter must have rank 1 or 2, got shape {filter.Shape}");

        ImagePadding padding = options.Padding;
        (int top, int bottom) = Sides(padding.Top, padding.Bottom, filter.Shape[0], options);
        (int left, int right) = Sides(padding.Left, padding.Right, filter.Shape[^1], options);
        bool isPoint = w.Shape[1] == 1 && w.Shape[2] == 1;
        if (up == 1)
        {
            int early = isPoint ? down : 1;
            Variable blurred = x.Resampled(filter, new(1, early, top, bottom), new(1, early, left, right));
            return Convolve(blurred, w, options, default, stride: isPoint ? 1 : down);
        }

        if (isPoint && down == 1)
        {
            return Convolve(x, w, options, default)
                .Resampled(filter, new(up, 1, top, bottom), new(up, 1, left, right), up * up);
        }

        Variable y = Enlarge(x, w, filter, options, new ImagePadding(left, right, top, bottom));
        return down == 1 ? y : y.Resampled(filter, new(1, down), new(1, down));
    }

    /// <returns>The weights, flipped along both axes where the options say so; a 1 x 1 kernel needs no flip.</returns>
    internal static Variable Turned(this Variable w, ResampledConvolutionOptions options) =>
        options.IsTurned && w.Shape.Product(1, 3) > 1 ? w.Flip(1).Flip(2) : w;

    /// <summary>
    /// The caller's padding plus that which centres the filter, so that its delay is the same on both sides.
    /// </summary>
    private static (int Before, int After) Sides(
        int before, int after, int taps, ResampledConvolutionOptions options)
    {
        (int up, int down) = (options.Up, options.Down);
        if (up > 1) (before, after) = (before + ((taps + up - 1) >> 1), after + ((taps - up) >> 1));
        if (down > 1) (before, after) = (before + ((taps - down + 1) >> 1), after + ((taps - down) >> 1));
        return (before, after);
    }

    /// <summary>
    /// Zero insertion and convolution as one transposed convolution, then the filter. Padding and crops before the
    /// convolution are moved behind it, less the reach of the kernel; the convolution does not compute what both sides
    /// crop.
    /// </summary>
    private static Variable Enlarge(
        Variable x, Variable w, Tensor filter, ResampledConvolutionOptions options, ImagePadding padding)
    {
        int up = options.Up;
        (int height, int width) = (w.Shape[1], w.Shape[2]);
        (int top, int bottom) = (padding.Top - height + 1, padding.Bottom - height + up);
        (int left, int right) = (padding.Left - width + 1, padding.Right - width + up);
        int rows = Math.Max(0, Math.Min(-top, -bottom));
        int columns = Math.Max(0, Math.Min(-left, -right));
        Triple crop = new(0, rows, columns);
        Shape shape =
        [
            x.Shape[0], 1, ((x.Shape[1] - 1) * up) + height - (2 * rows),
            ((x.Shape[2] - 1) * up) + width - (2 * columns), w.Shape[0],
        ];
        ConvolutionOptions transposed = new(new(1, up, up), crop, crop, Triple.One, options.Groups);
        Variable taps = options.IsTurned ? w : w.Flip(1).Flip(2);
        Variable y = x.Reshape([x.Shape[0], 1, x.Shape[1], x.Shape[2], x.Shape[3]])
            .ConvolutionDataGradient(Exchange(taps, options.Groups), shape, transposed);
        return y.Reshape([shape[0], shape[2], shape[3], shape[4]]).Resampled(
            filter, new(1, 1, top + rows, bottom + rows), new(1, 1, left + columns, right + columns), up * up);
    }

    private static Variable Convolve(
        Variable x, Variable w, ResampledConvolutionOptions options, ImagePadding padding, int stride = 1)
    {
        ConvolutionOptions inPlace = new(
            new(1, stride, stride), new(0, padding.Top, padding.Left), new(0, padding.Bottom, padding.Right),
            Triple.One, options.Groups);
        Variable y = x.Reshape([x.Shape[0], 1, x.Shape[1], x.Shape[2], x.Shape[3]])
            .Convolution(w.Turned(options).Reshape([w.Shape[0], 1, w.Shape[1], w.Shape[2], w.Shape[3]]), inPlace);
        return y.Reshape([y.Shape[0], y.Shape[2], y.Shape[3], y.Shape[4]]);
    }

    /// <returns>
    /// Weights <c>[O, kH, kW, C / groups]</c> with input and output channels exchanged within each group,
    /// <c>[C, 1, kH, kW, O / groups]</c>.
    /// </returns>
    private static Variable Exchange(Variable w, int groups)
    {
        (int outputs, int height, int width, int inputs) = (w.Shape[0], w.Shape[1], w.Shape[2], w.Shape[3]);
        Require.That(
            groups > 0 && outputs % groups == 0, $"weights {w.Shape} cannot be divided into {groups} groups");
        return w.Reshape([groups, outputs / groups, height, width, inputs])
            .Permute(0, 4, 2, 3, 1)
            .Reshape([groups * inputs, 1, height, width, outputs / groups]);
    }

    private static Variable Resampled(
        this Variable x, Tensor filter, Resampling rows, Resampling columns, float gain = 1) =>
        filter.Shape.Rank == 2
            ? x.Upfirdn2d(filter, rows, columns, gain: gain)
            : x.Upfirdn(filter, 2, columns.Up, columns.Down, columns.Before, columns.After)
                .Upfirdn(filter, 1, rows.Up, rows.Down, rows.Before, rows.After, gain: gain);
}
