using GenKernels.Kernels.Filtering;
using GenKernels.Models.StyleGan;

namespace GenKernels.Models.LongVideo;

/// <summary>
/// A residual block of the low-resolution generator: two modulated convolutions and a plain skip convolution, then
/// upsampling in time and space, then the last activation.
/// </summary>
/// <remarks>Source: Brooks et al. 2022, Generating Long Videos of Dynamic Scenes, section 3.2 and figure 4.</remarks>
public sealed class SynthesisBlock : Module
{
    private const float Clamp = 256;
    private static readonly float s_half = MathF.Sqrt(0.5f);

    private readonly SynthesisBlockOptions _options;
    private readonly Parameter _weight0;
    private readonly Parameter _weight1;
    private readonly Parameter _weightSkip;
    private readonly Parameter _bias0;
    private readonly Parameter _bias1;
    private readonly FullyConnected _affine0;
    private readonly FullyConnected _affine1;
    private readonly MagnitudeEma _magnitude0;
    private readonly MagnitudeEma _magnitude1;
    private readonly Triple _padding;
    private readonly Tensor? _temporalFilter;
    private readonly Tensor? _spatialFilter;

    /// <param name="options">Sizes.</param>
    /// <param name="initializer">Draws the weights.</param>
    public SynthesisBlock(SynthesisBlockOptions options, Initializer initializer)
    {
        _options = options;
        (int inputs, int outputs) = (options.InChannels, options.OutChannels);
        _padding = new Triple(options.Taps.T / 2, options.Taps.H / 2, options.Taps.W / 2);
        _weight0 = Register("weight_0", initializer.Convolution(inputs, inputs, options.Taps));
        _weight1 = Register("weight_1", initializer.Convolution(outputs, inputs, options.Taps));
        _weightSkip = Register("weight_skip", initializer.Convolution(outputs, inputs, Triple.One));
        _bias0 = Register("bias_0", initializer.Full([inputs], 0));
        _bias1 = Register("bias_1", initializer.Full([outputs], 0));
        _affine0 = Register("affine_0", new FullyConnected(options.LatentChannels, inputs, initializer, bias: 1));
        _affine1 = Register("affine_1", new FullyConnected(options.LatentChannels, inputs, initializer, bias: 1));
        _magnitude0 = Register("input_magnitude_ema_0", new MagnitudeEma(initializer));
        _magnitude1 = Register("input_magnitude_ema_1", new MagnitudeEma(initializer));
        if (options.TemporalUp) _temporalFilter = Register("temporal_upsample", Interpolation(initializer)).Taps;
        if (options.SpatialUp) _spatialFilter = Register("spatial_upsample", Interpolation(initializer)).Taps;
    }

    /// <summary>Whether the block doubles the number of frames.</summary>
    public bool TemporalUp => _options.TemporalUp;

    /// <param name="x">Activations, <c>[N, T, H, W, InChannels]</c>.</param>
    /// <param name="latent">One latent per frame, <c>[N, T, LatentChannels]</c>, in the type of the weights.</param>
    /// <param name="crop">Which of the frames that the block computes each clip keeps; null for the middle
    /// ones.</param>
    /// <param name="frameCount">Frames that each clip keeps.</param>
    /// <param name="magnitudeBeta">Weight of the old value in the running magnitudes; 1 leaves them unchanged.</param>
    /// <returns><c>[N, frameCount, Height, Width, OutChannels]</c>.</returns>
    internal Variable Forward(Variable x, Variable latent, BlockCrop? crop, int frameCount, float magnitudeBeta)
    {
        Variable gain0 = _magnitude0.Gain(x, magnitudeBeta);
        Variable hidden = x.TemporalModulatedConvolution(
            _weight0, Style(_affine0, latent), gain0, _padding, bias: _bias0,
            options: BiasActivationOptions.For(Activation.LeakyRelu, Clamp));
        Variable gain1 = _magnitude1.Gain(hidden, magnitudeBeta);
        hidden =
            hidden.TemporalModulatedConvolution(_weight1, Style(_affine1, latent), gain1, _padding, outputGain: s_half);

        // The skip's input has unit magnitude too: its gain and the sqrt(1/2) of the two branches are folded into the
        // weights, which are few.
        Variable skipWeight = _weightSkip.Value * (gain0 * (s_half / MathF.Sqrt(_options.InChannels)));
        Variable sum = x.Convolution(skipWeight.Cast(x.Type), ConvolutionOptions.Default, residual: hidden);
        Variable y = Resample(sum, crop, frameCount);
        return y.BiasActivation(_bias1.Value.Cast(x.Type), Activation.LeakyRelu, Clamp);
    }

    private static ResamplingFilter Interpolation(Initializer initializer) => new(FirFilter.Linear(2), initializer);

    private static Variable Style(FullyConnected affine, Variable latent)
    {
        (int clips, int frames) = (latent.Shape[0], latent.Shape[1]);
        Variable style = affine.Forward(latent.Reshape([clips * frames, latent.Shape[2]]));
        return style.Reshape([clips, frames, style.Shape[1]]);
    }

    /// <summary>Frames that no clip can keep are not computed; each clip is then cropped at its own start.</summary>
    private Variable Resample(Variable y, BlockCrop? crop, int frameCount)
    {
        y = crop is null
            ? Doubling.Apply(y, axis: 1, _temporalFilter, frameCount)
            : crop.Apply(
                Doubling.Apply(y, axis: 1, _temporalFilter, crop.Start, frameCount + crop.Surplus), frameCount);
        y = Doubling.Apply(y, axis: 2, _spatialFilter, _options.Height);
        return Doubling.Apply(y, axis: 3, _spatialFilter, _options.Width);
    }
}
