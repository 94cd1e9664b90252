using GenKernels.Models.StyleGan;

namespace GenKernels.Models.LongVideo;

/// <summary>A convolution of per-frame vectors over time, with bias and activation.</summary>
public sealed class TemporalConvolution : Module
{
    private readonly Parameter _weight;
    private readonly Parameter _bias;
    private readonly float _weightGain;
    private readonly ConvolutionOptions _options;

    /// <param name="inputs">Channels of the input.</param>
    /// <param name="outputs">Channels of the result.</param>
    /// <param name="taps">Kernel size, odd; the result has as many frames as the input.</param>
    /// <param name="initializer">Draws the weights.</param>
    /// <param name="layout">How a state dict holds the weights, where that is not <c>[outputs, inputs, taps]</c> in
    /// this layer's order of inputs.</param>
    public TemporalConvolution(int inputs, int outputs, int taps, Initializer initializer, StateLayout? layout = null)
    {
        _weight = Register("weight", initializer.Normal(
            [outputs, taps, 1, 1, inputs], 1, layout ?? StateLayout.ChannelsLast([outputs, inputs, taps])));
        _bias = Register("_bias", initializer.Full([outputs], 0));
        _weightGain = 1 / MathF.Sqrt(inputs * taps);
        _options = ConvolutionOptions.Padded(new Triple(taps / 2, 0, 0));
    }

    /// <param name="x"><c>[N, T, 1, 1, inputs]</c>.</param>
    /// <returns><c>[N, T, 1, 1, outputs]</c>.</returns>
    public Variable Forward(Variable x) =>
        x.Convolution(
            _weight.Value * _weightGain, _options, _bias, BiasActivationOptions.For(Activation.LeakyRelu));
}
