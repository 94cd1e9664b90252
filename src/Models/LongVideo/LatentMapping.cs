using GenKernels.Models.StyleGan;

namespace GenKernels.Models.LongVideo;

/// <summary>Maps the temporal embedding to the intermediate latent w, frame by frame: normalisation, then two fully
/// connected layers.</summary>
/// <remarks>Source: Karras et al. 2019, StyleGAN, section 2, in the form of Brooks et al. 2022.</remarks>
public sealed class LatentMapping : Module
{
    private const float RateFactor = 0.01f;
    private readonly FullyConnected _layer0;
    private readonly FullyConnected _layer1;

    /// <param name="embeddingChannels">Channels of the embedding.</param>
    /// <param name="latentChannels">Channels of w.</param>
    /// <param name="initializer">Draws the weights.</param>
    public LatentMapping(int embeddingChannels, int latentChannels, Initializer initializer)
    {
        _layer0 = Register(
            "layer_0",
            new FullyConnected(embeddingChannels, latentChannels, initializer, Activation.LeakyRelu, RateFactor));
        _layer1 = Register(
            "layer_1",
            new FullyConnected(latentChannels, latentChannels, initializer, Activation.LeakyRelu, RateFactor));
    }

    /// <param name="embedding"><c>[N, L, E]</c>.</param>
    /// <returns><c>[N, L, W]</c>.</returns>
    public Variable Forward(Variable embedding)
    {
        (int clips, int frames, int channels) = (embedding.Shape[0], embedding.Shape[1], embedding.Shape[2]);
        Variable w = _layer1.Forward(_layer0.Forward(embedding.Reshape([clips * frames, channels]).PixelNorm()));
        return w.Reshape([clips, frames, w.Shape[1]]);
    }
}
