namespace GenKernels.Kernels.Filtering;

/// <summary>The filter on one side of an activation, for which kernels are compiled.</summary>
/// <param name="Rate">Ratio of the sampling rate at the activation to that on the other side of the filter.</param>
/// <param name="Rows">Taps along the vertical axis.</param>
/// <param name="Columns">Taps along the horizontal axis.</param>
/// <param name="IsPlanar">Whether it is one 2-D filter, not one vector for both axes.</param>
internal readonly record struct FilteredSide(int Rate, int Rows, int Columns, bool IsPlanar)
{
    /// <summary>Samples at the lower rate that the filter covers.</summary>
    internal int Depth => Quotient.Up(Math.Max(Rows, Columns), Rate);

    /// <summary>Taps along either axis, rounded up to whole phases.</summary>
    internal int Taps => Depth * Rate;

    /// <returns>The side of a filter; a null filter counts as a single tap.</returns>
    internal static FilteredSide Of(int rate, Tensor? filter) =>
        new(rate, filter?.Shape[0] ?? 1, filter?.Shape[^1] ?? 1, filter is { Shape.Rank: 2 });
}
