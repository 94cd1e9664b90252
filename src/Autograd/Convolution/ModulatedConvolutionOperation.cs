using GenKernels.Kernels.Convolution;

namespace GenKernels.Autograd;

/// <summary>
/// Modulated convolutions of images, whose input channels are scaled by a style per image. All images share the
/// weights, as the activations are scaled in their place: by the style before the convolution, and after it by the
/// demodulation, the factor that restores unit variance.
/// </summary>
public static class ModulatedConvolutionOperation
{
    private const float Epsilon = 1e-8f;

    /// <summary>
    /// y[n,…,o] = resampled_conv(x[n] s[n], w)[…,o] / √(Σ over c of s[n,c]² Σ over taps of w[o,·,c]² + 1e-8) + noise.
    /// </summary>
    /// <param name="x">Images, <c>[N, H, W, C]</c>, floats.</param>
    /// <param name="w">Weights, <c>[O, kH, kW, C]</c>.</param>
    /// <param name="style">One factor per image and input channel, <c>[N, C]</c>.</param>
    /// <param name="filter">As for the resampled convolution; may be null where nothing is resampled.</param>
    /// <param name="options">Resampling factors and padding; one group.</param>
    /// <param name="demodulate">Whether the result is scaled back to unit variance.</param>
    /// <param name="noise">Added last, <c>[N, H', W', 1]</c> or another shape that broadcasts; or null.</param>
    /// <returns><c>[N, H', W', O]</c>.</returns>
    /// <remarks>Source: Karras et al. 2020, StyleGAN2, section 2.2. Differentiable to any order.</remarks>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    public static Variable ModulatedConvolution(
        this Variable x, Variable w, Variable style, Tensor? filter, ResampledConvolutionOptions options,
        bool demodulate = true, Variable? noise = null)
    {
        Check(x, w, style, options.Groups);

        Variable? demodulation =
            demodulate ? (Variance(style, Energy(w)) + Epsilon).ReciprocalSqrt() : null;       // [N, O]
        if (options is { Up: 1, Down: 1 })
        {
            return InOnePass(x, w.Turned(options), style, options.Padding, demodulation, noise);
        }

        Variable y = x.Modulated(style).ResampledConvolution(w, filter, options);
        if (demodulation is not null) y = y.Modulated(demodulation);
        return noise is null ? y : y + noise;
    }

    /// <summary>
    /// As <see cref="ModulatedConvolution"/>, with weights and styles normalised to unit mean square: the weights per
    /// output channel, the styles over the whole batch. With E[o,c] = Σ over taps of w[o,·,c]²:
    /// y[n,…,o] = conv(x[n] g s[n], w)[…,o] / √(Σ over c of s[n,c]² E[o,c] + 1e-8 mean s² mean w[o]²).
    /// Without demodulation neither is normalised.
    /// </summary>
    /// <param name="x">Images, <c>[N, H, W, C]</c>, floats.</param>
    /// <param name="w">Weights, <c>[O, kH, kW, C]</c>.</param>
    /// <param name="style">One factor per image and input channel, <c>[N, C]</c>.</param>
    /// <param name="inputGain">
    /// A further factor g of the activations: one number, <c>[C]</c> or <c>[N, C]</c>; or null.
    /// </param>
    /// <param name="padding">Zeros around the images.</param>
    /// <param name="demodulate">Whether the result is scaled back to unit variance.</param>
    /// <returns><c>[N, H', W', O]</c>.</returns>
    /// <remarks>
    /// Source: Karras et al. 2021, Alias-Free Generative Adversarial Networks, appendix. The two norms cancel except in
    /// the epsilon, which carries them here; gradients flow through them nevertheless.
    /// </remarks>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    public static Variable NormalizedModulatedConvolution(
        this Variable x, Variable w, Variable style, Variable? inputGain, ImagePadding padding, bool demodulate = true)
    {
        Check(x, w, style, groups: 1);

        Variable factor = inputGain is null ? style : style * inputGain;  // [N, C]
        if (!demodulate) return InOnePass(x, w, factor, padding);
        Variable energy = Energy(w);                                                   // [O, C]
        Variable meanSquare = energy.Sum(1).Reshape([1, w.Shape[0]]) * style.Square().Mean();
        Variable epsilon = meanSquare * (Epsilon / w.Shape.Product(1, 4));             // [1, O]
        return InOnePass(x, w, factor, padding, (Variance(style, energy) + epsilon).ReciprocalSqrt());
    }

    /// <summary>One fused launch: without resampling, images are clips of one frame.</summary>
    private static Variable InOnePass(
        Variable x, Variable w, Variable style, ImagePadding padding, Variable? demodulation = null,
        Variable? noise = null)
    {
        (int images, int outputs) = (x.Shape[0], w.Shape[0]);
        ConvolutionOptions options = new(
            Triple.One, new(0, padding.Top, padding.Left), new(0, padding.Bottom, padding.Right), Triple.One);
        (int height, int width) = (
            x.Shape[1] + padding.Top + padding.Bottom - w.Shape[1] + 1,
            x.Shape[2] + padding.Left + padding.Right - w.Shape[2] + 1);
        bool isFused = noise is { RequiresGradient: false } && noise.Shape == [images, height, width, 1];
        Variable y = x.Reshape([images, 1, x.Shape[1], x.Shape[2], x.Shape[3]]).ScaledConvolution(
            w.Reshape([outputs, 1, w.Shape[1], w.Shape[2], w.Shape[3]]), style.Reshape([images, 1, style.Shape[1]]),
            options, demodulation?.Reshape([images, 1, outputs]),
            isFused ? noise!.Value.View([images, 1, height, width, 1]) : null);
        y = y.Reshape([images, y.Shape[2], y.Shape[3], outputs]);
        return noise is null || isFused ? y : y + noise;
    }

    /// <returns>x times one factor per image and channel.</returns>
    private static Variable Modulated(this Variable x, Variable factor) =>
        x * factor.Reshape([factor.Shape[0], 1, 1, factor.Shape[1]]);

    /// <returns>The sums of squares over the taps, <c>[O, C]</c>.</returns>
    private static Variable Energy(Variable w) => w.SumOfSquares(1, 2).Reshape([w.Shape[0], w.Shape[3]]);

    /// <returns>The variance of the result for activations of unit variance, <c>[N, O]</c>.</returns>
    private static Variable Variance(Variable style, Variable energy) =>
        style.Square().MatMul(energy, transposeW: true);

    private static void Check(Variable x, Variable w, Variable style, int groups)
    {
        Require.Rank(x.Value, 4);
        Require.Rank(w.Value, 4);
        Require.Shape(style.Value, [x.Shape[0], x.Shape[3]]);
        Require.That(
            groups == 1 && w.Shape[3] == x.Shape[3], $"weights {w.Shape} in {groups} groups do not fit {x.Shape}");
    }
}
