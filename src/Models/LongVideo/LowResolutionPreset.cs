namespace GenKernels.Models.LongVideo;

/// <summary>Sizes of both low-resolution networks, under a name.</summary>
/// <param name="Name"><c>paper</c>, <c>small</c> or <c>tiny</c>.</param>
/// <param name="Description">One line, shown to users.</param>
/// <param name="Generator">Sizes of the generator.</param>
/// <param name="Discriminator">Sizes of the discriminator.</param>
/// <param name="BatchSize">Clips per step.</param>
public sealed record LowResolutionPreset(
    string Name, string Description, LowResolutionGeneratorOptions Generator,
    LowResolutionDiscriminatorOptions Discriminator,
    int BatchSize)
{
    /// <summary>The thesis' sizes: clips of 128 frames, batches of 64.</summary>
    public static LowResolutionPreset Paper { get; } = new(
        "paper", "the thesis' sizes: 128 frames of 64 x 36, for many GPUs or much patience", new(), new(), 64);

    /// <summary>For one GPU and some minutes: clips of 64 frames, an eighth of the channels.</summary>
    public static LowResolutionPreset Small { get; } = new(
        "small", "64 frames of 64 x 36, for one GPU and some minutes",
        new()
        {
            EmbeddingChannels = 256,
            LatentChannels = 256,
            Embedding = new(64, 250, 4000),
            TemporalChannels = [(128, 128), (128, 128), (128, 128), (128, 128), (128, 64), (64, 64)],
            SpatialChannels = [(64, 64), (64, 64), (64, 32), (32, 32)],
        },
        new()
        {
            FrameCount = 64,
            BlockChannels = [(16, 32), (32, 64), (64, 128), (128, 256)],
            EpilogueChannels = 256,
        },
        16);

    /// <summary>For a CPU and some minutes, and for tests: clips of 16 frames, few channels, temporal kernels of
    /// 3.</summary>
    public static LowResolutionPreset Tiny { get; } = new(
        "tiny", "16 frames of 64 x 36, for a CPU and some minutes",
        new()
        {
            EmbeddingChannels = 64,
            LatentChannels = 64,
            Embedding = new(32, 100, 1000),
            TemporalPadding = 6,
            TemporalChannels = [(48, 48), (48, 48), (48, 48), (48, 32), (32, 32), (32, 24)],
            SpatialChannels = [(24, 24), (24, 16), (16, 12), (12, 12)],
        },
        new()
        {
            FrameCount = 16,
            BlockChannels = [(8, 12), (12, 16), (16, 32), (32, 64)],
            TemporalTaps = 3,
            EpilogueChannels = 64,
            EpilogueConvolutions = 2,
        },
        4);

    /// <summary>All presets.</summary>
    public static IReadOnlyList<LowResolutionPreset> All { get; } = [Paper, Small, Tiny];

    /// <exception cref="ArgumentException">There is no preset of this name.</exception>
    public static LowResolutionPreset Named(string name) => All.FirstOrDefault(preset => preset.Name == name)
        ?? throw new ArgumentException(
            $"there is no preset \"{name}\"; there are {string.Join(", ", All.Select(preset => preset.Name))}");
}
