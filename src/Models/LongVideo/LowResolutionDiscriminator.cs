using GenKernels.Models.StyleGan;

namespace GenKernels.Models.LongVideo;

/// <summary>The low-resolution discriminator of chapter 2: maps a clip to one logit, high for a real clip.</summary>
/// <remarks>
/// Source: Brooks et al. 2022, Generating Long Videos of Dynamic Scenes, appendix B; sizes and names follow the
/// released network. Deviation: skips are downsampled before their 1 x 1 x 1 convolution, which computes the same
/// function. Activations of the blocks have the type of <see cref="Precision.Activations"/>.
/// </remarks>
public sealed class LowResolutionDiscriminator : Module
{
    private const int Colours = 3;
    private readonly LowResolutionDiscriminatorOptions _options;
    private readonly ModuleList<DiscriminatorBlock> _blocks;
    private readonly DiscriminatorEpilogue _epilogue;

    /// <param name="options">Sizes.</param>
    /// <param name="initializer">Draws the weights.</param>
    /// <exception cref="ArgumentException">The sizes do not fit together.</exception>
    public LowResolutionDiscriminator(LowResolutionDiscriminatorOptions options, Initializer initializer)
    {
        Require.That(options.BlockChannels.Count == 4, $"there are 4 blocks, got {options.BlockChannels.Count}");
        _options = options;
        HalvingOptions[] halvings =
        [
            new(options.Edge > 32, false), new(true, options.FrameCount >= 4), new(true, options.FrameCount >= 8),
            new(true, options.FrameCount >= 16),
        ];
        int edge = options.Edge >> halvings.Count(halving => halving.Spatial);
        int frameCount = options.FrameCount >> halvings.Count(halving => halving.Temporal);
        Require.That(edge > 0 && frameCount > 0, $"there is nothing left of {Clips(options)} once they are halved");
        Require.That(
            (options.Edge - options.Height) % 2 == 0 && (options.Edge - options.Width) % 2 == 0,
            $"{Clips(options)} cannot be padded evenly to squares");

        Triple taps = new(options.TemporalTaps, options.SpatialTaps, options.SpatialTaps);
        _blocks =
            Register("blocks", new ModuleList<DiscriminatorBlock>(options.BlockChannels.Select((channels, index) =>
            new DiscriminatorBlock(
                channels.In, channels.Out, index == 0 ? taps with { T = 1 } : taps, halvings[index], initializer,
                index == 0 ? Colours : 0))));
        _epilogue = Register("epilogue", new DiscriminatorEpilogue(options, edge, frameCount, initializer));
    }

    /// <summary>The sizes.</summary>
    public LowResolutionDiscriminatorOptions Options => _options;

    /// <param name="video">Clips, <c>[N, T, H, W, 3]</c>, about -1 to 1.</param>
    /// <param name="observe">Called with the name and value of every stage, for verification; or null.</param>
    /// <returns>One logit per clip, <c>[N, 1]</c>.</returns>
    /// <exception cref="ShapeException"><paramref name="video"/> has another shape.</exception>
    public Variable Forward(Variable video, Action<string, Variable>? observe = null)
    {
        Require.Shape(video.Value, [-1, _options.FrameCount, _options.Height, _options.Width, Colours]);
        int edge = _options.Edge;
        Variable x = video
            .Cast(video.Device.Precision.Activations)
            .Window(2, -(edge - _options.Height) / 2, edge)
            .Window(3, -(edge - _options.Width) / 2, edge);  // [N, T, edge, edge, 3]
        for (int block = 0; block < _blocks.Count; block++)
        {
            using DeviceRange range = x.Device.Range($"blocks.{block}");
            x = _blocks[block].Forward(x);
            observe?.Invoke($"blocks.{block}", x);
        }

        using DeviceRange last = x.Device.Range("epilogue");
        return _epilogue.Forward(x, observe);
    }

    private static string Clips(LowResolutionDiscriminatorOptions options) =>
        $"clips of {options.FrameCount} frames of {options.Width} x {options.Height}";
}
