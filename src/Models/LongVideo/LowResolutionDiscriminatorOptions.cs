namespace GenKernels.Models.LongVideo;

/// <summary>The sizes of the low-resolution discriminator; the default is that of the thesis.</summary>
public sealed record LowResolutionDiscriminatorOptions
{
    /// <summary>
    /// Frames of a clip. From 16 on, three blocks halve them, from 8 two, from 4 one; half of an odd number is rounded
    /// down.
    /// </summary>
    public int FrameCount { get; init; } = 128;

    /// <summary>Rows of the video.</summary>
    public int Height { get; init; } = 36;

    /// <summary>Columns of the video.</summary>
    public int Width { get; init; } = 64;

    /// <summary>Input and output channels of the four blocks.</summary>
    public IReadOnlyList<(int In, int Out)> BlockChannels { get; init; } =
        [(32, 64), (64, 128), (128, 256), (256, 512)];

    /// <summary>Taps of the convolutions over time, from the second block on.</summary>
    public int TemporalTaps { get; init; } = 5;

    /// <summary>Taps of the convolutions over rows and columns.</summary>
    public int SpatialTaps { get; init; } = 3;

    /// <summary>Channels of the last stage, whose layers see whole pictures.</summary>
    public int EpilogueChannels { get; init; } = 1024;

    /// <summary>Convolutions over time in the last stage.</summary>
    public int EpilogueConvolutions { get; init; } = 4;

    /// <summary>The side of the square that videos are padded to.</summary>
    public int Edge => Math.Max(Height, Width);
}
