using GenKernels.Kernels.Filtering;

namespace GenKernels.Tests.Kernels.Filtering;

/// <summary>A leaky ReLU between two filters.</summary>
/// <param name="Options">Rates, paddings, slope, gain and clamp.</param>
/// <param name="UpTaps">The shape of the filter before it, or null for none.</param>
/// <param name="DownTaps">The shape of the filter after it, or null for none.</param>
internal sealed record FilteredSetting(FilteredLeakyReluOptions Options, Shape? UpTaps, Shape? DownTaps);
