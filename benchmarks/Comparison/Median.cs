namespace GenKernels.Benchmarks.Comparison;

/// <summary>The middle of some numbers.</summary>
internal static class Median
{
    /// <returns>The mean of the two middle ones where there are two.</returns>
    /// <param name="values">At least one.</param>
    internal static double Of(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
