using GenKernels.Models.StyleGan;

namespace GenKernels.Models.LongVideo;

/// <summary>The last layer of the low-resolution generator: a 1 x 1 x 1 modulated convolution to three colours, without
/// demodulation.</summary>
public sealed class ToRgb : Module
{
    private const float Clamp = 256;
    private readonly Parameter _weight;
    private readonly Parameter _bias;
    private readonly FullyConnected _affine;
    private readonly MagnitudeEma _magnitude;

    /// <param name="latentChannels">Channels of the latent from which the style comes.</param>
    /// <param name="channels">Channels of the input.</param>
    /// <param name="initializer">Draws the weights.</param>
    public ToRgb(int latentChannels, int channels, Initializer initializer)
    {
        _weight = Register("weight", initializer.Convolution(3, channels, Triple.One));
        _bias = Register("bias", initializer.Full([3], 0));
        _affine = Register("affine", new FullyConnected(latentChannels, channels, initializer, bias: 1));
        _magnitude = Register("input_magnitude_ema", new MagnitudeEma(initializer));
    }

    /// <param name="x">Activations, <c>[N, T, H, W, C]</c>.</param>
    /// <param name="latent">One latent per frame, <c>[N, T, L]</c>, in the type of the weights.</param>
    /// <param name="magnitudeBeta">Weight of the old value in the running magnitude; 1 leaves it unchanged.</param>
    /// <returns><c>[N, T, H, W, 3]</c>, within ± 256, in the type of the weights: colours are not rounded
    /// again.</returns>
    public Variable Forward(Variable x, Variable latent, float magnitudeBeta)
    {
        (int clips, int frames) = (latent.Shape[0], latent.Shape[1]);
        Variable style = _affine.Forward(latent.Reshape([clips * frames, latent.Shape[2]]));
        Variable gain = _magnitude.Gain(x, magnitudeBeta);
        return x
            .TemporalModulatedConvolution(
                _weight, style.Reshape([clips, frames, x.Shape[4]]), gain, default, demodulate: false)
            .Cast(_bias.Value.Type)
            .BiasActivation(_bias, Activation.Linear, Clamp);
    }
}
