using GenKernels.Kernels.Filtering;
using GenKernels.Models.StyleGan;

namespace GenKernels.Models.LongVideo;

/// <summary>
/// The low-resolution generator of chapter 2: from white noise over time to a video of any length. Blocks that know
/// time double it five times, each with styles from the latent at its own rate; blocks without time follow.
/// </summary>
/// <remarks>
/// Source: Brooks et al. 2022, Generating Long Videos of Dynamic Scenes, section 3 and figure 4; sizes and
/// names follow the released network. Deviation: clips that are cut from longer ones are computed only as far as the
/// cut needs, which gives the same frames; the running magnitudes are then taken over the frames that are computed.
/// Any number of threads may make videos with one generator at once, while nobody trains it.
/// </remarks>
public sealed class LowResolutionGenerator : Module
{
    private readonly LowResolutionGeneratorOptions _options;
    private readonly Parameter _spatialInput;
    private readonly NoiseEmbedding _embedding;
    private readonly LatentMapping _mapping;
    private readonly Tensor _latentFilter;
    private readonly FullyConnected _temporalInput;
    private readonly ModuleList<SynthesisBlock> _temporalBlocks;
    private readonly ModuleList<SynthesisBlock> _spatialBlocks;
    private readonly ToRgb _toRgb;

    /// <param name="options">Sizes.</param>
    /// <param name="initializer">Draws the weights.</param>
    /// <exception cref="ArgumentException">The sizes do not fit together.</exception>
    public LowResolutionGenerator(LowResolutionGeneratorOptions options, Initializer initializer)
    {
        _options = options;
        GeneratorPyramid pyramid = new(options);
        int channels = options.TemporalChannels[0].In;
        (int height, int width) = pyramid.InputSize;
        _spatialInput = Register("spatial_input", initializer.Normal(
            [1, 1, height, width, channels], 1, StateLayout.ChannelsLast([1, channels, 1, height, width])));
        _temporalBlocks = Register("temporal_layers", Blocks(pyramid.TemporalBlocks, initializer));
        _spatialBlocks = Register("spatial_layers", Blocks(pyramid.SpatialBlocks, initializer));
        _toRgb = Register("to_rgb", new ToRgb(options.LatentChannels, options.SpatialChannels[^1].Out, initializer));
        _embedding =
            Register("temporal_emb", new NoiseEmbedding(options.EmbeddingChannels, options.Embedding, initializer));
        _mapping = Register(
            "latent_mapping", new LatentMapping(options.EmbeddingChannels, options.LatentChannels, initializer));
        _latentFilter = Register(
            "temporal_downsample_latent", new ResamplingFilter(FirFilter.LowPass(12, 1, 6, 8), initializer)).Taps;
        _temporalInput = Register("w_to_temp_input", new FullyConnected(options.LatentChannels, channels, initializer));
    }

    /// <summary>The sizes.</summary>
    public LowResolutionGeneratorOptions Options => _options;

    /// <summary>Frames of the video for one frame of the first block.</summary>
    public int TemporalScale => Frames(1).Scale;

    /// <returns>The shape of the noise that makes videos of a length, <c>[N, L, C]</c>.</returns>
    /// <param name="clips">N.</param>
    /// <param name="frameCount">Frames of each video.</param>
    /// <param name="isCropped">Whether each begins at a place of its own.</param>
    public Shape NoiseShape(int clips, int frameCount, bool isCropped = false) =>
        [clips, Frames(frameCount, isCropped).Embedding + _embedding.TapCount - 1, _embedding.NoiseChannels];

    /// <summary>Makes videos.</summary>
    /// <param name="noise">White noise of <see cref="NoiseShape"/>.</param>
    /// <param name="frameCount">Frames of each video.</param>
    /// <param name="magnitudeBeta">What remains of the running magnitudes, from 0 to 1; 1 leaves them as they
    /// are.</param>
    /// <param name="starts">
    /// For each clip a place from 0 to below <see cref="TemporalScale"/> where it begins, so that no frame is special;
    /// null for 0.
    /// </param>
    /// <param name="observe">Told the name and value of every stage, for verification; or null.</param>
    /// <returns>Videos, <c>[N, T, H, W, 3]</c>, about -1 to 1.</returns>
    /// <exception cref="ShapeException"><paramref name="noise"/> has another shape.</exception>
    public Variable Forward(
        Variable noise, int frameCount, float magnitudeBeta = 1, int[]? starts = null,
        Action<string, Variable>? observe = null)
    {
        Require.Shape(noise.Value, NoiseShape(noise.Shape[0], frameCount, starts is not null).AsSpan());
        Require.That(
            starts is null || (starts.Length == noise.Shape[0] && Array.TrueForAll(starts, IsOnGrid)),
            $"{noise.Shape[0]} starts from 0 to {TemporalScale - 1} are needed, got {string.Join(' ', starts ?? [])}");
        Variable embedding = Observe(observe, "temporal_emb", Embed(noise));
        Variable latent = Observe(observe, "latent_w", _mapping.Forward(embedding));
        FrameCounts frames = Frames(frameCount, starts is not null);
        Variable[] latents = TemporalLatents(latent, frames, starts);
        Variable frameLatent = starts is null
            ? Middle(latent, frameCount)
            : FrameCrop.Apply(
                latent, Array.ConvertAll(starts, start => start + (_options.TemporalPadding * frames.Scale)),
                frameCount);
        Observe(observe, "latent_ws.0", latents[0]);
        for (int block = 0; block < latents.Length; block++) Observe(observe, $"latent_ws.{block + 1}", latents[block]);
        for (int block = 0; block <= _spatialBlocks.Count; block++)
        {
            Observe(observe, $"latent_ws.{latents.Length + block + 1}", frameLatent);
        }

        Variable x = Input(latents[0], observe);
        for (int block = 0; block < latents.Length; block++)
        {
            int[]? kept = starts is null ? null : Array.ConvertAll(starts, start => frames.OutputStart(block, start));
            using DeviceRange range = x.Device.Range($"temporal_layers.{block}");
            x = _temporalBlocks[block].Forward(x, latents[block], kept, frames.OutputOf(block), magnitudeBeta);
            Observe(observe, $"temporal_layers.{block}", x);
        }

        for (int block = 0; block < _spatialBlocks.Count; block++)
        {
            using DeviceRange range = x.Device.Range($"spatial_layers.{block}");
            x = _spatialBlocks[block].Forward(x, frameLatent, null, frameCount, magnitudeBeta);
            Observe(observe, $"spatial_layers.{block}", x);
        }

        return Observe(observe, "video", _toRgb.Forward(x, frameLatent, magnitudeBeta) * _options.OutputScale);
    }

    private static ModuleList<SynthesisBlock> Blocks(
        IEnumerable<SynthesisBlockOptions> options, Initializer initializer) =>
        new(options.Select(block => new SynthesisBlock(block, initializer)));

    private static Variable Observe(Action<string, Variable>? observe, string name, Variable value)
    {
        observe?.Invoke(name, value);
        return value;
    }

    private Variable Embed(Variable noise)
    {
        using DeviceRange range = noise.Device.Range("temporal_emb");
        return _embedding.Forward(noise);
    }

    private bool IsOnGrid(int start) => start >= 0 && start < TemporalScale;

    private static Variable Middle(Variable latent, int frameCount) =>
        latent.Window(1, (latent.Shape[1] - frameCount) / 2, frameCount);

    private FrameCounts Frames(int frameCount, bool isCropped = false) =>
        new(frameCount, [.. _temporalBlocks.Select(block => block.TemporalUp)], _options.TemporalPadding, isCropped);

    /// <summary>For each temporal block the latent at its rate, cut to its frames.</summary>
    private Variable[] TemporalLatents(Variable latent, FrameCounts frames, int[]? starts)
    {
        Variable[] latents = new Variable[_temporalBlocks.Count];
        for (int block = latents.Length - 1; block >= 0; block--)
        {
            if (_temporalBlocks[block].TemporalUp) latent = latent.Downsample(1, _latentFilter);
            latents[block] = starts is null
                ? Middle(latent, frames.InputOf(block))
                : FrameCrop.Apply(
                    latent, Array.ConvertAll(starts, start => frames.LatentStart(block, start)), frames.InputOf(block));
        }

        return latents;
    }

    /// <summary>A vector a frame from the latent, and a learned picture, added at every place.</summary>
    private Variable Input(Variable latent, Action<string, Variable>? observe)
    {
        (int clips, int frames) = (latent.Shape[0], latent.Shape[1]);
        Variable vectors = _temporalInput.Forward(latent.Reshape([clips * frames, latent.Shape[2]]));  // [N T, C]
        Observe(observe, "temporal_input", vectors.Reshape([clips, frames, vectors.Shape[1]]));
        return (vectors.Reshape([clips, frames, 1, 1, vectors.Shape[1]]) + _spatialInput) * MathF.Sqrt(0.5f);
    }
}
