using GenKernels.Kernels.Filtering;
using GenKernels.Models.StyleGan;

namespace GenKernels.Models.LongVideo;

/// <summary>
/// The low-resolution generator of chapter 2: maps white noise over time to a video of any length. Six temporal blocks
/// double the frame rate five times, each with styles from the latent at its own rate; blocks that treat each frame
/// alone follow.
/// </summary>
/// <remarks>
/// Source: Brooks et al. 2022, Generating Long Videos of Dynamic Scenes, section 3 and figure 4; sizes and names follow
/// the released network. Deviation: clips cropped from longer ones are computed only as far as the crop needs, which
/// gives the same frames; the running magnitudes then average over the computed frames. Activations have the type of
/// <see cref="Precision.Activations"/>. Embedding, latents and styles stay in 32 bits: all frames depend on them, and
/// they are small. Any number of threads may generate videos with one generator at once, while none trains it.
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

    /// <summary>Video frames per frame of the first block.</summary>
    public int TemporalScale => Frames(1).Scale;

    /// <returns>The shape of the noise for videos of a given length, <c>[N, L, C]</c>.</returns>
    /// <param name="clips">N.</param>
    /// <param name="frameCount">Frames of each video.</param>
    /// <param name="isCropped">Whether each video starts at its own frame, as <see cref="Places"/> says.</param>
    public Shape NoiseShape(int clips, int frameCount, bool isCropped = false) =>
        [clips, Frames(frameCount, isCropped).Embedding + _embedding.TapCount - 1, _embedding.NoiseChannels];

    /// <summary>The crops of all layers for clips with given start frames, for <see cref="Forward"/>.</summary>
    /// <param name="starts">The start frame of each clip, from 0 to below <see cref="TemporalScale"/>: with varied
    /// starts no frame is special.</param>
    /// <returns>
    /// The crops of all layers, <c>[P, N]</c> of 32-bit integers, on the generator's device; the caller or its scope
    /// disposes it.
    /// </returns>
    /// <exception cref="ShapeException">A start is outside that range, or there is none.</exception>
    public Tensor Places(ReadOnlySpan<int> starts)
    {
        Require.That(
            starts.Length > 0 && starts.IndexOfAnyExceptInRange(0, TemporalScale - 1) < 0,
            $"clips must begin at a place from 0 to {TemporalScale - 1}, got {string.Join(' ', starts.ToArray())}");
        FrameCounts frames = Frames(1, isCropped: true);
        int blocks = _temporalBlocks.Count;
        int[] places = new int[PlaceRows * starts.Length];
        for (int clip = 0; clip < starts.Length; clip++)
        {
            int start = starts[clip];
            places[clip] = start + (_options.TemporalPadding * frames.Scale);
            for (int block = 0; block < blocks; block++)
            {
                places[((1 + block) * starts.Length) + clip] = frames.LatentStart(block, start);
                places[((1 + blocks + block) * starts.Length) + clip] = frames.OutputPlace(block, start);
            }
        }

        return Tensor.From(places, [PlaceRows, starts.Length], _spatialInput.Value.Device);
    }

    /// <summary>Generates videos.</summary>
    /// <param name="noise">White noise of <see cref="NoiseShape"/>.</param>
    /// <param name="frameCount">Frames of each video.</param>
    /// <param name="magnitudeBeta">Weight of the old value in the running magnitudes, from 0 to 1; 1 leaves them
    /// unchanged.</param>
    /// <param name="places">Where each clip starts, from <see cref="Places"/>; null for frame 0.</param>
    /// <param name="observe">Called with the name and value of every stage, for verification; or null.</param>
    /// <returns>Videos, <c>[N, T, H, W, 3]</c>, about -1 to 1.</returns>
    /// <exception cref="ShapeException"><paramref name="noise"/> or <paramref name="places"/> has another shape.
    /// </exception>
    public Variable Forward(
        Variable noise, int frameCount, float magnitudeBeta = 1, Tensor? places = null,
        Action<string, Variable>? observe = null)
    {
        Require.Shape(noise.Value, NoiseShape(noise.Shape[0], frameCount, places is not null).AsSpan());
        if (places is not null) Require.Shape(places, [PlaceRows, noise.Shape[0]]);
        Variable embedding = Observe(observe, "temporal_emb", Embed(noise));
        Variable latent = Observe(observe, "latent_w", _mapping.Forward(embedding));
        FrameCounts frames = Frames(frameCount, places is not null);
        FrameCrop? crop = places is null ? null : new FrameCrop(places);
        Variable[] latents = TemporalLatents(latent, frames, crop);
        Variable frameLatent = crop?.Apply(latent, row: 0, frameCount) ?? Middle(latent, frameCount);
        Observe(observe, "latent_ws.0", latents[0]);
        for (int block = 0; block < latents.Length; block++) Observe(observe, $"latent_ws.{block + 1}", latents[block]);
        for (int block = 0; block <= _spatialBlocks.Count; block++)
        {
            Observe(observe, $"latent_ws.{latents.Length + block + 1}", frameLatent);
        }

        Variable x = Input(latents[0], observe);
        for (int block = 0; block < latents.Length; block++)
        {
            BlockCrop? kept = crop is null ? null : new BlockCrop(
                crop, 1 + latents.Length + block, frames.OutputStart(block), frames.OutputPlaces(block));
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

    /// <summary>Rows of <see cref="Places"/>: one for the frame latents, then one per temporal block for its latents,
    /// then one per temporal block for its output.</summary>
    private int PlaceRows => 1 + (2 * _temporalBlocks.Count);

    private Variable Embed(Variable noise)
    {
        using DeviceRange range = noise.Device.Range("temporal_emb");
        return _embedding.Forward(noise);
    }

    private static Variable Middle(Variable latent, int frameCount) =>
        latent.Window(1, (latent.Shape[1] - frameCount) / 2, frameCount);

    private FrameCounts Frames(int frameCount, bool isCropped = false) =>
        new(frameCount, [.. _temporalBlocks.Select(block => block.TemporalUp)], _options.TemporalPadding, isCropped);

    /// <summary>For each temporal block, the latent at the block's rate, cropped to its frames.</summary>
    private Variable[] TemporalLatents(Variable latent, FrameCounts frames, FrameCrop? crop)
    {
        Variable[] latents = new Variable[_temporalBlocks.Count];
        for (int block = latents.Length - 1; block >= 0; block--)
        {
            if (_temporalBlocks[block].TemporalUp) latent = latent.Downsample(1, _latentFilter);
            latents[block] = crop?.Apply(latent, row: 1 + block, frames.InputOf(block))
                ?? Middle(latent, frames.InputOf(block));
        }

        return latents;
    }

    /// <summary>The sum of a per-frame vector from the latent and a learned picture, broadcast over positions and
    /// frames.</summary>
    private Variable Input(Variable latent, Action<string, Variable>? observe)
    {
        (int clips, int frames) = (latent.Shape[0], latent.Shape[1]);
        Variable vectors = _temporalInput.Forward(latent.Reshape([clips * frames, latent.Shape[2]]));  // [N T, C]
        Observe(observe, "temporal_input", vectors.Reshape([clips, frames, vectors.Shape[1]]));
        Variable x = (vectors.Reshape([clips, frames, 1, 1, vectors.Shape[1]]) + _spatialInput) * MathF.Sqrt(0.5f);
        return x.Cast(x.Device.Precision.Activations);
    }
}
