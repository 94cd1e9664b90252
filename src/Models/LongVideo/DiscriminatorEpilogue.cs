using GenKernels.Models.StyleGan;

namespace GenKernels.Models.LongVideo;

/// <summary>The discriminator's last stage: flattens each picture to a vector, convolves over time, and maps each clip
/// to one logit.</summary>
public sealed class DiscriminatorEpilogue : Module
{
    private readonly TemporalConvolution[] _convolutions;
    private readonly FullyConnected _linear0;
    private readonly FullyConnected _linear1;

    /// <param name="options">Sizes of the discriminator.</param>
    /// <param name="edge">Rows and columns of the incoming pictures.</param>
    /// <param name="frameCount">Incoming frames.</param>
    /// <param name="initializer">Draws the weights.</param>
    public DiscriminatorEpilogue(
        LowResolutionDiscriminatorOptions options, int edge, int frameCount, Initializer initializer)
    {
        (int inputs, int channels) = (options.BlockChannels[^1].Out, options.EpilogueChannels);
        _convolutions = new TemporalConvolution[options.EpilogueConvolutions];
        for (int index = 0; index < _convolutions.Length; index++)
        {
            // The release flattens pictures channels first; here they are channels last.
            _convolutions[index] = Register($"conv1d_{index}", index == 0
                ? new TemporalConvolution(edge * edge * inputs, channels, 1, initializer, new StateLayout(
                    [channels, inputs * edge * edge, 1], [channels, inputs, edge, edge], 0, 2, 3, 1))
                : new TemporalConvolution(channels, channels, 3, initializer));
        }

        int flat = frameCount * channels;
        _linear0 = Register("linear_0", new FullyConnected(
            flat, channels, initializer, Activation.LeakyRelu,
            layout: new StateLayout([channels, flat], [channels, channels, frameCount], 0, 2, 1)));
        _linear1 = Register("linear_1", new FullyConnected(channels, 1, initializer));
    }

    /// <param name="x"><c>[N, T, H, W, C]</c>.</param>
    /// <param name="observe">Called with the name and value of every stage, for verification; or null.</param>
    /// <returns>One logit per clip, <c>[N, 1]</c>, in the type of the weights.</returns>
    public Variable Forward(Variable x, Action<string, Variable>? observe = null)
    {
        (int clips, int frames) = (x.Shape[0], x.Shape[1]);

        // Few values, each of which moves the logit: they stay in 32 bits.
        x = x.Cast(ElementType.Float32).Reshape([clips, frames, 1, 1, checked((int)x.Shape.Product(2, 5))]);
        for (int index = 0; index < _convolutions.Length; index++)
        {
            x = _convolutions[index].Forward(x);
            observe?.Invoke($"epilogue.conv1d_{index}", x);
        }

        Variable hidden = _linear0.Forward(x.Reshape([clips, frames * x.Shape[4]]));  // [N, channels]
        observe?.Invoke("epilogue.linear_0", hidden);
        return _linear1.Forward(hidden);
    }
}
