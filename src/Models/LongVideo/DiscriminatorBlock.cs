using GenKernels.Models.StyleGan;

namespace GenKernels.Models.LongVideo;

/// <summary>A residual block of the low-resolution discriminator: two convolutions and a 1 x 1 x 1 skip
/// convolution.</summary>
/// <remarks>Source: Brooks et al. 2022, Generating Long Videos of Dynamic Scenes, appendix B.</remarks>
public sealed class DiscriminatorBlock : Module
{
    private static readonly float s_half = MathF.Sqrt(0.5f);
    private readonly DiscriminatorConvolution? _fromVideo;
    private readonly DiscriminatorConvolution _first;
    private readonly DiscriminatorConvolution _second;
    private readonly DiscriminatorConvolution _skip;

    /// <param name="inputs">Channels of the input; in the first block, channels that the video is convolved to.</param>
    /// <param name="outputs">Channels of the result.</param>
    /// <param name="taps">Kernel size of both convolutions.</param>
    /// <param name="halving">Which axes are halved.</param>
    /// <param name="initializer">Draws the weights.</param>
    /// <param name="videoChannels">Colour channels of the video in the first block; 0 in the others.</param>
    public DiscriminatorBlock(
        int inputs, int outputs, Triple taps, HalvingOptions halving, Initializer initializer, int videoChannels = 0)
    {
        HalvingOptions? last = halving.Any ? halving : null;
        if (videoChannels > 0)
        {
            _fromVideo =
                Register("conv_vid", new DiscriminatorConvolution(videoChannels, inputs, Triple.One, initializer));
        }

        _first = Register("conv_0", new DiscriminatorConvolution(inputs, inputs, taps, initializer));
        _second = Register(
            "conv_1", new DiscriminatorConvolution(inputs, outputs, taps, initializer, last, outputGain: s_half));
        _skip = Register(
            "conv_skip", new DiscriminatorConvolution(inputs, outputs, Triple.One, initializer, last, true, s_half));
    }

    /// <param name="x"><c>[N, T, H, W, C]</c>.</param>
    /// <returns>The output, with the chosen axes halved and another number of channels.</returns>
    public Variable Forward(Variable x)
    {
        if (_fromVideo is not null) x = _fromVideo.Forward(x);
        return _skip.Forward(x, residual: _second.Forward(_first.Forward(x)));
    }
}
