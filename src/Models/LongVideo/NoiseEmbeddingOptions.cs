namespace GenKernels.Models.LongVideo;

/// <summary>The bank of lowpass filters that turns white noise into smooth motion.</summary>
/// <param name="FilterCount">Number of filters; each is applied to every channel of the noise.</param>
/// <param name="MinimumRate">Sampling rate of the shortest filter: twice its number of taps.</param>
/// <param name="MaximumRate">Sampling rate of the longest filter: twice its number of taps.</param>
public sealed record NoiseEmbeddingOptions(
    int FilterCount = 128, double MinimumRate = 250, double MaximumRate = 10_000);
