namespace GenKernels.Kernels.Filtering;

/// <summary>The filter on one side of an activation, as kernels are compiled for it.</summary>
/// <param name="Rate">Between the places of the activation and those beyond the filter.</param>
/// <param name="Rows">Taps along rows.</param>
/// <param name="Columns">Taps along columns.</param>
/// <param name="IsPlanar">Whether it is one filter of both axes, not a vector for each.</param>
internal readonly record struct FilteredSide(int Rate, int Rows, int Columns, bool IsPlanar)
{
    /// <summary>Samples at the lower rate that the filter covers.</summary>
    internal int Depth => Quotient.Up(Math.Max(Rows, Columns), Rate);

    /// <summary>Taps along either axis, in whole phases.</summary>
    internal int Taps => Depth * Rate;

    /// <returns>The filter, or where there is none a single tap.</returns>
    internal static FilteredSide Of(int rate, Tensor? filter) =>
        new(rate, filter?.Shape[0] ?? 1, filter?.Shape[^1] ?? 1, filter is { Shape.Rank: 2 });
}
