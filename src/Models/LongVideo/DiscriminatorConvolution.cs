using GenKernels.Models.StyleGan;

namespace GenKernels.Models.LongVideo;

/// <summary>A discriminator convolution: convolution at full size, optional blur and downsampling, then bias and
/// activation.</summary>
public sealed class DiscriminatorConvolution : Module
{
    private const float Clamp = 256;
    private readonly Parameter _weight;
    private readonly Parameter? _bias;
    private readonly float _weightGain;
    private readonly ConvolutionOptions _options;
    private readonly BiasActivationOptions _activation;
    private readonly Halving? _halving;

    /// <param name="inputs">Channels of the input.</param>
    /// <param name="outputs">Channels of the result.</param>
    /// <param name="taps">Kernel size, odd; the convolution keeps the size of the input.</param>
    /// <param name="initializer">Draws the weights.</param>
    /// <param name="halving">Which axes are halved, or null for none.</param>
    /// <param name="isSkip">Whether bias and activation are left out; the clamp stays.</param>
    /// <param name="outputGain">Multiplies the result, after the clamp.</param>
    public DiscriminatorConvolution(
        int inputs, int outputs, Triple taps, Initializer initializer, HalvingOptions? halving = null,
        bool isSkip = false, float outputGain = 1)
    {
        _weight = Register("weight", initializer.Convolution(outputs, inputs, taps));
        if (!isSkip) _bias = Register("_bias", initializer.Full([outputs], 0));
        if (halving is not null) _halving = Register("downsample", new Halving(halving, initializer));
        _weightGain = 1 / MathF.Sqrt(inputs * taps.Product);
        _options = ConvolutionOptions.Padded(new Triple(taps.T / 2, taps.H / 2, taps.W / 2));
        Activation activation = isSkip ? Activation.Linear : Activation.LeakyRelu;
        _activation = new BiasActivationOptions(activation, activation.DefaultGain() * outputGain, Clamp * outputGain);
    }

    /// <param name="x"><c>[N, T, H, W, inputs]</c>.</param>
    /// <param name="residual">Added last, in the shape of the result; or null.</param>
    /// <returns><c>[N, T', H', W', outputs]</c>.</returns>
    public Variable Forward(Variable x, Variable? residual = null)
    {
        Variable weight = _weight.Value.Cast(x.Type, _weightGain);

        // A 1 x 1 x 1 convolution commutes with downsampling: convolve the smaller picture.
        bool halvesFirst = _halving is not null && weight.Shape.Product(1, 4) == 1;
        if (halvesFirst) x = _halving!.Forward(x);
        Variable? bias = _bias?.Value.Cast(x.Type);
        bool isOneLaunch = bias is not null && residual is null && (_halving is null || halvesFirst);
        if (isOneLaunch) return x.Convolution(weight, _options, bias!, _activation);
        Variable y = x.Convolution(weight, _options);
        if (_halving is not null && !halvesFirst) y = _halving.Forward(y);
        return y.BiasActivation(bias, _activation, residual);
    }
}
