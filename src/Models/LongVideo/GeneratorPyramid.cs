namespace GenKernels.Models.LongVideo;

/// <summary>Picture sizes at every block of the low-resolution generator.</summary>
internal sealed class GeneratorPyramid
{
    private const int LevelCount = 5;
    private readonly LowResolutionGeneratorOptions _options;
    private readonly (int Height, int Width)[] _sizes = new (int, int)[LevelCount];

    /// <exception cref="ArgumentException">The video is too small, there are not 6 temporal and 4 spatial blocks, or
    /// the channels of consecutive blocks differ.</exception>
    internal GeneratorPyramid(LowResolutionGeneratorOptions options)
    {
        Require.That(
            options.Height >= 4 && options.Width >= 4,
            $"a video of {options.Width} x {options.Height} is too small: at least 4 x 4");
        Require.That(
            options.TemporalChannels.Count == 6, $"there are 6 temporal blocks, got {options.TemporalChannels.Count}");
        Require.That(
            options.SpatialChannels.Count == 4, $"there are 4 spatial blocks, got {options.SpatialChannels.Count}");
        (int In, int Out)[] all = [.. options.TemporalChannels, .. options.SpatialChannels];
        for (int block = 1; block < all.Length; block++)
        {
            Require.That(
                all[block].In == all[block - 1].Out,
                $"block {block} takes {all[block].In} channels, {all[block - 1].Out} come");
        }

        _options = options;
        for (int level = 0; level < LevelCount; level++)
        {
            int scale = Math.Max(1, Math.Max(options.Height, options.Width) / (4 << level));
            _sizes[level] = ((options.Height + scale - 1) / scale, (options.Width + scale - 1) / scale);
        }
    }

    internal (int Height, int Width) InputSize => _sizes[0];

    /// <summary>
    /// Frames double in the first five blocks, rows and columns in the second and fourth, unless the video is already
    /// that small.
    /// </summary>
    internal IEnumerable<SynthesisBlockOptions> TemporalBlocks =>
    [
        Temporal(0, _sizes[0], spatialUp: false), Temporal(1, _sizes[1], Grows(1)),
        Temporal(2, _sizes[1], spatialUp: false), Temporal(3, _sizes[2], Grows(2)),
        Temporal(4, _sizes[2], spatialUp: false), Temporal(5, _sizes[2], spatialUp: false),
    ];

    /// <summary>Rows and columns double in the first and third block, unless the video is already that small.</summary>
    internal IEnumerable<SynthesisBlockOptions> SpatialBlocks =>
    [
        Spatial(0, _sizes[3], Grows(3)), Spatial(1, _sizes[3], spatialUp: false),
        Spatial(2, _sizes[4], Grows(4)), Spatial(3, _sizes[4], spatialUp: false),
    ];

    private bool Grows(int level) => _sizes[level] != _sizes[level - 1];

    private SynthesisBlockOptions Temporal(int block, (int Height, int Width) size, bool spatialUp) => new(
        _options.LatentChannels, _options.TemporalChannels[block].In, _options.TemporalChannels[block].Out,
        size.Height, size.Width,
        new Triple(_options.TemporalTaps, _options.SpatialTaps, _options.SpatialTaps), TemporalUp: block < 5,
        spatialUp);

    private SynthesisBlockOptions Spatial(int block, (int Height, int Width) size, bool spatialUp) => new(
        _options.LatentChannels, _options.SpatialChannels[block].In, _options.SpatialChannels[block].Out, size.Height,
        size.Width,
        new Triple(1, _options.SpatialTaps, _options.SpatialTaps), TemporalUp: false, spatialUp);
}
