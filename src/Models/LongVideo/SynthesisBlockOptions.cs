namespace GenKernels.Models.LongVideo;

/// <summary>The sizes of a <see cref="SynthesisBlock"/>.</summary>
/// <param name="LatentChannels">Channels of the latent from which the styles come.</param>
/// <param name="InChannels">Channels of the input.</param>
/// <param name="OutChannels">Channels of the result.</param>
/// <param name="Height">Rows of the result.</param>
/// <param name="Width">Columns of the result.</param>
/// <param name="Taps">Kernel size of both modulated convolutions; odd.</param>
/// <param name="TemporalUp">Whether the number of frames is doubled.</param>
/// <param name="SpatialUp">Whether rows and columns are doubled.</param>
public sealed record SynthesisBlockOptions(
    int LatentChannels, int InChannels, int OutChannels, int Height, int Width, Triple Taps, bool TemporalUp,
    bool SpatialUp);
