using GenKernels.Kernels.Filtering;
using GenKernels.Models.StyleGan;

namespace GenKernels.Models.LongVideo;

/// <summary>Which axes a block halves.</summary>
/// <param name="Spatial">Rows and columns.</param>
/// <param name="Temporal">Frames.</param>
public sealed record HalvingOptions(bool Spatial, bool Temporal)
{
    /// <summary>Whether it halves any.</summary>
    internal bool Any => Spatial || Temporal;
}

/// <summary>Blurs with the four-tap binomial filter and keeps every second sample, in space, time or both.</summary>
public sealed class Halving : Module
{
    private readonly HalvingOptions _options;
    private readonly StateBuffer _filter;

    /// <param name="options">The axes to halve.</param>
    /// <param name="initializer">Puts the filter on its device.</param>
    public Halving(HalvingOptions options, Initializer initializer)
    {
        _options = options;
        _filter = Register("_downsample_filter", initializer.Filter(FirFilter.Binomial(4)));
    }

    /// <param name="x"><c>[N, T, H, W, C]</c>.</param>
    /// <returns>The same with the axes halved.</returns>
    public Variable Forward(Variable x)
    {
        if (_options.Spatial) x = x.Downsample(2, _filter.Value).Downsample(3, _filter.Value);
        return _options.Temporal ? x.Downsample(1, _filter.Value) : x;
    }
}
