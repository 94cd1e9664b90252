using GenKernels.Kernels.Convolution;
using GenKernels.Kernels.Elementwise;
using GenKernels.Kernels.MatrixProduct;

namespace GenKernels.Autograd;

/// <summary>
/// A convolution of scaled activations with a fused epilogue: the core of the modulated convolutions of images and
/// videos.
/// </summary>
public static class ScaledConvolutionOperation
{
    /// <summary>
    /// y = clamp(gain f(conv(x · scales, w) · factors + noise + bias)), in one launch where the device can. Where f has
    /// two linear pieces, backward keeps only y besides the inputs: y tells which piece applied, and what was clamped.
    /// </summary>
    /// <param name="x">Activations, <c>[N, T, H, W, C]</c>.</param>
    /// <param name="w">Weights, <c>[O, kT, kH, kW, C]</c>.</param>
    /// <param name="scales">
    /// Factors of x per clip, frame (or one for all frames) and channel, <c>[N, T or 1, C]</c>.
    /// </param>
    /// <param name="options">Padding, dilation, stride; one group.</param>
    /// <param name="factors">
    /// Factors of the sums per clip, frame (or one for all frames) and channel, <c>[N, T' or 1, O]</c>; or null. Their
    /// gradient is recovered from y, and loses digits to cancellation where sums times factors are small compared with
    /// the bias.
    /// </param>
    /// <param name="noise">Added to all channels, <c>[N, T', H', W', 1]</c>; or null. It gets no gradient.</param>
    /// <param name="bias"><c>[O]</c>, or null.</param>
    /// <param name="after">The activation f, its gain and clamp; by default none.</param>
    /// <returns><c>[N, T', H', W', O]</c>.</returns>
    /// <remarks>
    /// With z = u d + noise + b, where u are the convolution's sums and d the factors, and dz = g gain f'(z): the
    /// gradients of the convolution are those at dz d; db = Σ dz; dd = Σ dz u = (Σ dz (z - noise) - b Σ dz) / d, where
    /// dz z = g y, as f is linear on either side of 0. For higher-order gradients that of
    /// <see cref="ScaledConvolutionComposed"/> is used.
    /// </remarks>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    public static Variable ScaledConvolution(
        this Variable x, Variable w, Variable scales, ConvolutionOptions options, Variable? factors = null,
        Tensor? noise = null, Variable? bias = null, BiasActivationOptions? after = null)
    {
        BiasActivationOptions function = after ?? ProductEpilogue.None.Activation;
        Variable[] inputs = [x, w, scales, .. Variable.Given(factors), .. Variable.Given(bias)];
        bool isRecorded = GradientMode.Records(inputs);
        if (isRecorded && !ScaledGradient.IsToldByResult(function))
        {
            return x.ScaledConvolutionComposed(w, scales, options, factors, noise, bias, after);
        }

        using Tensor? rows = noise?.View([(int)noise.ElementCount]);
        using Tensor? frames = factors?.Value.View([factors.Shape[0] * factors.Shape[1], factors.Shape[2]]);
        ProductEpilogue epilogue = new(bias?.Value, function, Factor: frames, Noise: rows);
        Tensor value = Kernels.Convolution.Convolution.Forward(x.Value, w.Value, options, epilogue, scales.Value);
        return Variable.FromOperation(nameof(ScaledConvolution), value, inputs, (y, g, needed) =>
        {
            if (GradientMode.IsEnabled)
            {
                Variable again = x.ScaledConvolutionComposed(w, scales, options, factors, noise, bias, after);
                return Gradient.Within(again, inputs, g, differentiable: true);
            }

            (Variable dSum, Variable? dFactors, Variable dBias) = BackToSums(g, y, factors, noise, bias, function);
            Variable?[] gradients = new Variable?[inputs.Length];
            if (needed[0] || needed[2])
            {
                using Tensor dScaled = Kernels.Convolution.Convolution.DataGradient(
                    dSum.Value, w.Value, x.Shape, options);
                (Tensor dx, Tensor dScales) = BackToInputs(dScaled, x.Value, scales.Value);
                (gradients[0], gradients[2]) = (new Variable(dx), new Variable(dScales));
            }

            if (needed[1])
            {
                gradients[1] = new Variable(ConvolutionWeightGradient.Forward(
                    x.Value, dSum.Value, w.Shape, options, scales.Value));
            }

            if (factors is not null) gradients[3] = dFactors;
            if (bias is not null) gradients[^1] = dBias;
            return gradients;
        });
    }

    /// <summary>
    /// The same composed of other operations: differentiable to any order, but every intermediate result is kept.
    /// </summary>
    /// <inheritdoc cref="ScaledConvolution"/>
    public static Variable ScaledConvolutionComposed(
        this Variable x, Variable w, Variable scales, ConvolutionOptions options, Variable? factors = null,
        Tensor? noise = null, Variable? bias = null, BiasActivationOptions? after = null)
    {
        Variable y = (x * OfFrames(scales)).Convolution(w, options);
        if (factors is not null) y *= OfFrames(factors);
        if (noise is not null) y += new Variable(noise);
        return bias is null && after is null ? y : y.BiasActivation(bias, after ?? ProductEpilogue.None.Activation);
    }

    /// <returns>The gradients of the sums, of the factors and of the bias.</returns>
    private static (Variable Sums, Variable? Factors, Variable Bias) BackToSums(
        Variable g, Variable y, Variable? factors, Tensor? noise, Variable? bias, BiasActivationOptions after)
    {
        int frameCount = factors is null ? g.Shape[0] : factors.Shape[0] * factors.Shape[1];
        using Tensor? rows = noise?.View([(int)noise.ElementCount]);
        using Tensor? frames = factors?.Value.View([frameCount, g.Shape[4]]);
        (Tensor gradient, Tensor sums, Tensor products) =
            ScaledGradient.OfResult(g.Value, y.Value, frameCount, frames, rows, after);
        Variable dz = new(sums);                                                       // [F, O]
        Variable dBias = dz.Sum(0).Reshape([g.Shape[4]]).Cast(g.Type);
        if (factors is null) return (new Variable(gradient), null, dBias);

        Variable scaled = new(products);
        if (bias is not null) scaled -= dz * bias.Cast(dz.Type);
        Variable dFactors = scaled.Reshape(factors.Shape) / factors.Cast(dz.Type);
        return (new Variable(gradient), dFactors.Cast(g.Type), dBias);
    }

    /// <returns>
    /// The gradients of activations and scales, each in its shape, from that of their product; the caller or its scope
    /// disposes them.
    /// </returns>
    internal static (Tensor X, Tensor Scales) BackToInputs(Tensor g, Tensor x, Tensor scales)
    {
        using Tensor frames = scales.View([scales.Shape[0] * scales.Shape[1], scales.Shape[2]]);
        (Tensor dx, Tensor dScales) = ScaledGradient.OfScale(g, x, frames);
        using (dScales) return (dx, dScales.View(scales.Shape));
    }

    /// <returns>One number per frame and channel, broadcast over rows and columns.</returns>
    private static Variable OfFrames(Variable values) =>
        values.Reshape([values.Shape[0], values.Shape[1], 1, 1, values.Shape[2]]);
}
