using GenKernels.Kernels.Elementwise;
using GenKernels.Kernels.MatrixProduct;
using GenKernels.Kernels.Reduction;

namespace GenKernels.Kernels.Convolution;

/// <summary>
/// The operands of a demodulated convolution over space and time, in the type of its activations, from its weights,
/// styles and bias; and the gradients of these.
/// </summary>
/// <remarks>
/// With weights w and styles s: variance[n,t,o] = Σ over c of s[n,t,c]² Σ over taps of w[o,·,c]².
/// Source: Brooks et al. 2022, Generating Long Videos of Dynamic Scenes, appendix B.
/// </remarks>
public sealed class TemporalModulation : IDisposable
{
    private readonly Tensor _w;
    private readonly Tensor _style;
    private readonly Tensor? _inputGain;
    private readonly Tensor? _bias;
    private readonly DemodulationOptions _options;
    private readonly Tensor _energy;          // [O, C], of the weights
    private readonly Tensor _largestWeights;  // [O]
    private readonly Tensor _powers;          // [N T, C], squares of the styles
    private readonly Tensor _largestStyles;   // [N]
    private readonly Tensor _variance;        // [N, T, O]

    /// <param name="w">Weights, <c>[O, kT, kH, kW, C]</c>; not empty. They are kept, like the other tensors.</param>
    /// <param name="style">One factor per frame and input channel, <c>[N, T, C]</c>.</param>
    /// <param name="inputGain">A further factor of the activations, one element of the styles' type; or null.</param>
    /// <param name="bias">Added after the demodulation, <c>[O]</c>; or null.</param>
    /// <param name="type">Type of the activations.</param>
    /// <param name="outputGain">Multiplies the demodulation.</param>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    /// <exception cref="ArgumentException">The types or devices do not fit.</exception>
    public TemporalModulation(
        Tensor w, Tensor style, Tensor? inputGain, Tensor? bias, ElementType type, float outputGain)
    {
        Require.Rank(w, 5);
        Require.Shape(style, [-1, -1, w.Shape[4]]);
        (_w, _style, _inputGain, _bias) = (w, style, inputGain, bias);
        _options = new DemodulationOptions(w.Shape.Product(1, 5), type);
        using Tensor taps = Taps(w);
        using Tensor channels = Channels(style);
        (_energy, _largestWeights, Tensor weights) = ModulationEnergy.Forward(taps, null, type, _options.Root);
        (_powers, _largestStyles, Tensor scales) = ModulationEnergy.Forward(channels, inputGain, type, StyleRoot);
        using (weights) Weights = weights.View(w.Shape);
        using (scales) Scales = scales.View(style.Shape);

        using Tensor powers = Rows(_powers, style.Shape[2]);
        using Tensor energy = Rows(_energy, style.Shape[2]);
        using Tensor products = MatMul.Forward(powers, energy, transposeW: true);
        _variance = products.View([style.Shape[0], style.Shape[1], w.Shape[0]]);
        using Tensor factors =
            Demodulation.Forward(_variance, _largestWeights, _largestStyles, _options, outputGain);
        Factors = factors.View([style.Shape[0] * style.Shape[1], w.Shape[0]]);
        Bias = bias is null ? null : Cast.OrView(bias, type);
    }

    /// <summary>The weights, <c>[O, kT, kH, kW, C]</c>.</summary>
    public Tensor Weights { get; }

    /// <summary>The factors of the activations, <c>[N, T, C]</c>.</summary>
    public Tensor Scales { get; }

    /// <summary>The factors of the sums, <c>[N T, O]</c>.</summary>
    public Tensor Factors { get; }

    /// <summary>The bias, <c>[O]</c>, or null.</summary>
    public Tensor? Bias { get; }

    /// <summary>Whether weights and styles are divided by their largest magnitudes.</summary>
    public bool IsNormalized => _options.IsNormalized;

    private float StyleRoot => IsNormalized ? 1 : 0;

    /// <summary>The gradients of weights, styles and bias.</summary>
    /// <param name="dWeights">The gradient of <see cref="Weights"/>.</param>
    /// <param name="dScales">The gradient of <see cref="Scales"/>.</param>
    /// <param name="products">As <see cref="ScaledGradient"/> returns them, <c>[N T, O]</c>.</param>
    /// <param name="sums">The sums that it returns, <c>[N T, O]</c>.</param>
    /// <returns>The gradients; the caller or its scope disposes them.</returns>
    public (Tensor W, Tensor Style, Tensor? Bias) Backward(
        Tensor dWeights, Tensor dScales, Tensor products, Tensor sums)
    {
        (int clips, int frames, int inputs, int outputs) =
            (_style.Shape[0], _style.Shape[1], _style.Shape[2], _w.Shape[0]);
        using Tensor shapedProducts = products.View(_variance.Shape);
        using Tensor shapedSums = sums.View(_variance.Shape);
        using Tensor dVariance = Demodulation.Backward(
            _variance, _largestWeights, _largestStyles, shapedProducts, shapedSums, Bias, _options);
        using Tensor ofClips = Reduce.Forward(ReduceKind.Sum, dVariance, 1, 1);
        using Tensor dClips = ofClips.View([clips, outputs]);

        using Tensor rows = Rows(dVariance, outputs);
        using Tensor powers = Rows(_powers, inputs);
        using Tensor energy = Rows(_energy, inputs);
        using Tensor ofPowers = MatMul.Forward(rows, energy);
        using Tensor ofEnergy = MatMul.Forward(rows, powers, transposeX: true);
        using Tensor dPowers = ofPowers.View([clips, frames * inputs]);
        using Tensor dEnergy = ofEnergy.View([outputs, inputs]);

        using Tensor taps = Taps(_w);
        using Tensor dTaps = Taps(dWeights);
        using Tensor channels = Channels(_style);
        using Tensor dChannels = dScales.View(channels.Shape);
        using Tensor dw = ModulationEnergy.Backward(
            taps, null, _options.Root, dTaps, dEnergy, _largestWeights, _largestStyles, dClips, isTransposed: true,
            _options.Epsilon);
        using Tensor dStyle = ModulationEnergy.Backward(
            channels, _inputGain, StyleRoot, dChannels, dPowers, _largestStyles, _largestWeights, dClips,
            isTransposed: false, _options.Epsilon);
        return (dw.View(_w.Shape), dStyle.View(_style.Shape), _bias is null ? null : BiasGradient(sums, _bias));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Tensor operand in (ReadOnlySpan<Tensor>)[Weights, Scales, Factors]) operand.Dispose();
        foreach (Tensor number in (ReadOnlySpan<Tensor>)[_energy, _largestWeights, _powers, _largestStyles, _variance])
        {
            number.Dispose();
        }

        Bias?.Dispose();
    }

    private static Tensor BiasGradient(Tensor sums, Tensor bias)
    {
        using Tensor total = Reduce.Forward(ReduceKind.Sum, sums, 0, 1);
        using Tensor shaped = total.View(bias.Shape);
        return Cast.OrView(shaped, bias.Type);
    }

    /// <returns>Weights as groups of taps, <c>[O, taps, C]</c>.</returns>
    private static Tensor Taps(Tensor w) => w.View([w.Shape[0], Require.Product(w, 1, 4), w.Shape[4]]);

    /// <returns>The styles of a clip as channels of a single tap, <c>[N, 1, T C]</c>.</returns>
    private static Tensor Channels(Tensor style) =>
        style.View([style.Shape[0], 1, Require.Product(style, 1, 3)]);

    /// <returns>One matrix, <c>[1, rows, length]</c>.</returns>
    private static Tensor Rows(Tensor values, int length) =>
        values.View([1, (int)(values.ElementCount / length), length]);
}
