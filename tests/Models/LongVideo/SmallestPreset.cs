using GenKernels.Models.LongVideo;

namespace GenKernels.Tests.Models.LongVideo;

/// <summary>Networks with every layer and very few channels: clips of 8 frames of 16 x 8.</summary>
internal static class SmallestPreset
{
    /// <returns>The preset, with the given number of padding frames at either end.</returns>
    public static LowResolutionPreset With(int temporalPadding) => new(
        "smallest", "for tests",
        new()
        {
            Height = 8,
            Width = 16,
            EmbeddingChannels = 8,
            LatentChannels = 8,
            Embedding = new(4, 20, 60),
            TemporalPadding = temporalPadding,
            TemporalChannels = [(8, 8), (8, 8), (8, 8), (8, 8), (8, 4), (4, 4)],
            SpatialChannels = [(4, 4), (4, 4), (4, 2), (2, 2)],
        },
        new()
        {
            Height = 8,
            Width = 16,
            FrameCount = 8,
            BlockChannels = [(2, 4), (4, 4), (4, 8), (8, 8)],
            TemporalTaps = 3,
            EpilogueChannels = 8,
            EpilogueConvolutions = 2,
        },
        BatchSize: 2);

    /// <summary>As <see cref="With"/>, with 2 padding frames at either end.</summary>
    public static LowResolutionPreset Preset { get; } = With(temporalPadding: 2);
}
