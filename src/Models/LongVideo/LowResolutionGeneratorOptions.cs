namespace GenKernels.Models.LongVideo;

/// <summary>The sizes of the low-resolution generator; the default is that of the thesis.</summary>
public sealed record LowResolutionGeneratorOptions
{
    /// <summary>Rows of the video.</summary>
    public int Height { get; init; } = 36;

    /// <summary>Columns of the video.</summary>
    public int Width { get; init; } = 64;

    /// <summary>Channels of the temporal embedding: a multiple of the number of filters.</summary>
    public int EmbeddingChannels { get; init; } = 1024;

    /// <summary>Channels of the intermediate latent w.</summary>
    public int LatentChannels { get; init; } = 1024;

    /// <summary>The filters of the embedding.</summary>
    public NoiseEmbeddingOptions Embedding { get; init; } = new();

    /// <summary>Frames that every layer computes beyond what the next one needs, on either side.</summary>
    public int TemporalPadding { get; init; } = 8;

    /// <summary>Taps of the convolutions over time in the temporal blocks.</summary>
    public int TemporalTaps { get; init; } = 3;

    /// <summary>Taps of the convolutions over rows and columns.</summary>
    public int SpatialTaps { get; init; } = 3;

    /// <summary>Multiplies the video that leaves the last layer.</summary>
    public float OutputScale { get; init; } = 0.25f;

    /// <summary>Input and output channels of the six temporal blocks.</summary>
    public IReadOnlyList<(int In, int Out)> TemporalChannels { get; init; } =
        [(512, 512), (512, 512), (512, 512), (512, 512), (512, 256), (256, 256)];

    /// <summary>Input and output channels of the four spatial blocks, which treat each frame alone.</summary>
    public IReadOnlyList<(int In, int Out)> SpatialChannels { get; init; } =
        [(256, 128), (128, 128), (128, 64), (64, 64)];
}
