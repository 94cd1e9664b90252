using GenKernels.Kernels.Filtering;
using GenKernels.Models.StyleGan;

namespace GenKernels.Models.LongVideo;

/// <summary>
/// The temporal embedding: white noise, each channel filtered by every filter of a bank, so that it holds motion at all
/// time scales from seconds to minutes.
/// </summary>
/// <remarks>Source: Brooks et al. 2022, Generating Long Videos of Dynamic Scenes, section 3.1 and figure 3.</remarks>
public sealed class NoiseEmbedding : Module
{
    private readonly StateBuffer _filters;
    private readonly StateBuffer _scales;
    private readonly Tensor _tapCounts;
    private readonly long _tapTotal;

    /// <param name="channels">Channels of the embedding: a multiple of the number of filters.</param>
    /// <param name="options">The filter bank.</param>
    /// <param name="initializer">Puts the filters on their device.</param>
    /// <exception cref="ArgumentException"><paramref name="channels"/> is not a multiple of the number of
    /// filters.</exception>
    public NoiseEmbedding(int channels, NoiseEmbeddingOptions options, Initializer initializer)
    {
        Require.That(
            channels % options.FilterCount == 0,
            $"{channels} channels are no multiple of {options.FilterCount} filters");
        LowpassBankDesign design = new(options.FilterCount, options.MinimumRate, options.MaximumRate);
        NoiseChannels = channels / design.FilterCount;
        TapCount = design.KernelSize;
        _scales = Register("output_scale", initializer.Buffer(
            design.OutputScales, [design.FilterCount],
            new StateLayout([1, design.FilterCount, 1], [design.FilterCount], 0)));
        _filters = Register("blur_filters", initializer.Buffer(
            design.Kernels, [design.FilterCount, TapCount],
            new StateLayout([design.FilterCount, 1, TapCount], [design.FilterCount, TapCount], 0, 1)));
        foreach (int count in design.TapCounts) _tapTotal += count;
        _tapCounts = Own(Tensor.From([.. design.TapCounts], [design.FilterCount], initializer.Device));
    }

    /// <summary>Channels of the noise.</summary>
    public int NoiseChannels { get; }

    /// <summary>Taps of the longest filter: an embedding of L frames takes L + TapCount - 1 frames of noise.</summary>
    public int TapCount { get; }

    /// <param name="noise">White noise, <c>[N, L + TapCount - 1, NoiseChannels]</c>.</param>
    /// <returns>The embedding, <c>[N, L, channels]</c>: channel = noise channel times filters + filter.</returns>
    public Variable Forward(Variable noise) =>
        noise.LowpassBank(_filters.Value, _tapCounts, _scales.Value, _tapTotal);
}
