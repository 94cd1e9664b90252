using GenKernels.Kernels.Convolution;
using GenKernels.Kernels.Elementwise;
using GenKernels.Kernels.MatrixProduct;

namespace GenKernels.Autograd;

/// <summary>A 3-D convolution whose input channels are scaled by a style that changes with time.</summary>
public static class TemporalModulatedConvolutionOperation
{
    /// <summary>
    /// Modulates the activations, convolves, and demodulates each output frame. With w̄ = w / max|w| over each output
    /// channel, s̄ = s / max|s| over each clip and F = kT kH kW C:
    /// y[n,t,o] = conv(x s̄, w̄ / √F)[n,t,o] / √(Σ over c of s̄[n,t,c]² Σ over taps of w̄[o,·,c]² / F + 1e-8).
    /// </summary>
    /// <param name="x">Activations, <c>[N, T, H, W, C]</c>.</param>
    /// <param name="w">
    /// Weights, <c>[O, kT, kH, kW, C]</c>, of unit variance: they are divided by √F here. Weights, styles, gain and
    /// bias may have 32 bits where <paramref name="x"/> has 16.
    /// </param>
    /// <param name="style">One factor per frame and input channel, <c>[N, T, C]</c>.</param>
    /// <param name="inputGain">A further factor of <paramref name="x"/>, one element; or null.</param>
    /// <param name="padding">Zero padding on both sides. With demodulation it must keep the number of frames.</param>
    /// <param name="demodulate">Whether each output frame is scaled back to unit variance.</param>
    /// <param name="outputGain">A factor of the result, folded into the demodulation or the styles at no cost.</param>
    /// <param name="bias">Added to y, <c>[O]</c>; or null.</param>
    /// <param name="options">The activation that follows, its gain and clamp; by default none.</param>
    /// <returns><c>[N, T', H', W', O]</c>, of the type of <paramref name="x"/>.</returns>
    /// <remarks>
    /// Source: Brooks et al. 2022, Generating Long Videos of Dynamic Scenes, appendix B; Karras et al. 2020,
    /// StyleGAN2, section 2.2.
    /// The maxima only keep half precision from overflowing. They cancel except in the epsilon, so other types use the
    /// raw weights and styles, and the epsilon carries the maxima: 1e-8 F max|w|² max|s|². Gradients flow through them
    /// nevertheless.
    /// </remarks>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    public static Variable TemporalModulatedConvolution(
        this Variable x, Variable w, Variable style, Variable? inputGain, Triple padding,
        bool demodulate = true, float outputGain = 1, Variable? bias = null, BiasActivationOptions? options = null)
    {
        Require.Rank(x.Value, 5);
        Require.Rank(w.Value, 5);
        Require.Shape(style.Value, [x.Shape[0], x.Shape[1], x.Shape[4]]);
        if (demodulate)
        {
            (int frames, int outputFrames) = (x.Shape[1], x.Shape[1] + (2 * padding.T) - w.Shape[1] + 1);
            Require.That(
                outputFrames == frames, $"a demodulated convolution keeps its {frames} frames, got {outputFrames}");
        }

        Variable[] inputs = [x, w, style, .. Variable.Given(inputGain), .. Variable.Given(bias)];
        BiasActivationOptions function = options ?? ProductEpilogue.None.Activation;
        bool isFused = demodulate && x.Value.ElementCount > 0 && w.Value.ElementCount > 0
            && (!GradientMode.Records(inputs) || ScaledGradient.IsToldByResult(function));
        Variable Composed() => x.TemporalModulatedConvolutionComposed(
            w, style, inputGain, padding, demodulate, outputGain, bias, options);
        if (!isFused) return Composed();

        ConvolutionOptions convolution = ConvolutionOptions.Padded(padding);
        TemporalModulation modulation =
            new(w.Value, style.Value, inputGain?.Value, bias?.Value, x.Type, outputGain);
        FusedPass pass = new(x, w, style, inputGain, modulation, convolution, function);
        return Variable.FromOperation(
            nameof(TemporalModulatedConvolution), pass.Forward(), inputs,
            (y, g, needed) => GradientMode.IsEnabled
                ? Gradient.Within(Composed(), inputs, g, differentiable: true)
                : pass.Backward(y.Value, g.Value, needed),
            modulation);
    }

    /// <summary>
    /// The same composed of other operations: differentiable to any order, and without demodulation no slower.
    /// </summary>
    /// <inheritdoc cref="TemporalModulatedConvolution"/>
    public static Variable TemporalModulatedConvolutionComposed(
        this Variable x, Variable w, Variable style, Variable? inputGain, Triple padding,
        bool demodulate = true, float outputGain = 1, Variable? bias = null, BiasActivationOptions? options = null)
    {
        DemodulationOptions numbers = new(w.Shape.Product(1, 5), x.Type);
        if (demodulate && numbers.IsNormalized)
        {
            w /= w.MaximumMagnitude(1, 4) * numbers.Root;
            style /= style.MaximumMagnitude(1, 2);
        }

        Variable factor = inputGain is null ? style : style * inputGain;
        if (!demodulate) factor *= outputGain / MathF.Sqrt(numbers.FanIn);
        Variable? demodulation =
            demodulate ? Demodulation(w, style, numbers.Epsilon) * outputGain : null;  // [N, T, O]

        // Sums of squares, their roots and the maxima are delicate: up to here everything has the type of the weights.
        (w, factor) = (w.Cast(x.Type), factor.Cast(x.Type));
        (demodulation, bias) = (demodulation?.Cast(x.Type), bias?.Cast(x.Type));
        return x.ScaledConvolution(
            w, factor, ConvolutionOptions.Padded(padding), demodulation, noise: null, bias, options);
    }

    private static Variable Demodulation(Variable w, Variable style, float epsilon)
    {
        (int clips, int frames, int channels) = (style.Shape[0], style.Shape[1], style.Shape[2]);
        int outputs = w.Shape[0];
        Variable energy = w.SumOfSquares(1, 3).Reshape([outputs, channels]);           // [O, C]
        Variable power = style.Reshape([clips * frames, channels]).Square();           // [N T, C]
        Variable variance = power.MatMul(energy, transposeW: true);                    // [N T, O]
        Variable largestWeight = w.MaximumMagnitude(1, 4).Reshape([1, 1, outputs]);
        Variable largestStyle = style.MaximumMagnitude(1, 2);                          // [N, 1, 1]
        Variable added = (largestWeight * largestStyle).Square() * epsilon;
        return (variance.Reshape([clips, frames, outputs]) + added).ReciprocalSqrt();
    }

    /// <summary>A demodulated convolution in few launches, and the gradients that follow from its result.</summary>
    private sealed record FusedPass(
        Variable X, Variable W, Variable Style, Variable? InputGain, TemporalModulation Modulation,
        ConvolutionOptions Options, BiasActivationOptions After)
    {
        internal Tensor Forward() => Kernels.Convolution.Convolution.Forward(
            X.Value, Modulation.Weights, Options,
            new ProductEpilogue(Modulation.Bias, After, Factor: Modulation.Factors), Modulation.Scales);

        internal Variable?[] Backward(Tensor y, Tensor g, bool[] needed)
        {
            (Tensor dSum, Tensor sums, Tensor products) = ScaledGradient.OfResult(
                g, y, Modulation.Factors.Shape[0], Modulation.Factors, noise: null, After);
            using Tensor dWeights = ConvolutionWeightGradient.Forward(
                X.Value, dSum, W.Shape, Options, Modulation.Scales);
            using Tensor dScaled =
                Kernels.Convolution.Convolution.DataGradient(dSum, Modulation.Weights, X.Shape, Options);
            dSum.Dispose();
            (Tensor dx, Tensor dScales) =
                ScaledConvolutionOperation.BackToInputs(dScaled, X.Value, Modulation.Scales);
            (Tensor dw, Tensor dStyle, Tensor? dBias) = Modulation.Backward(dWeights, dScales, products, sums);

            List<Variable?> gradients = [new(dx), new(dw), new(dStyle)];
            if (InputGain is not null) gradients.Add(needed[3] ? GainGradient(InputGain, dScales) : null);
            if (dBias is not null) gradients.Add(new Variable(dBias));
            return [.. gradients];
        }

        private Variable GainGradient(Variable gain, Tensor dScales)
        {
            Variable ungained = Modulation.IsNormalized ? Style / Style.MaximumMagnitude(1, 2) : Style;
            Variable products = new Variable(dScales).Cast(Style.Type) * ungained;
            return products.Sum(0, 3).Reshape(gain.Shape);
        }
    }
}
