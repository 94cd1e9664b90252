namespace GenKernels.Models.LongVideo;

/// <summary>The bank of lowpass filters that makes smooth motion out of white noise.</summary>
/// <param name="FilterCount">Filters; each is applied to every channel of noise.</param>
/// <param name="MinimumRate">Sampling rate, in taps times two, of the shortest filter.</param>
/// <param name="MaximumRate">Sampling rate of the longest filter: its number of taps is half of it.</param>
public sealed record NoiseEmbeddingOptions(
    int FilterCount = 128, double MinimumRate = 250, double MaximumRate = 10_000);
