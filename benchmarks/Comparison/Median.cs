namespace GenKernels.Benchmarks.Comparison;

/// <summary>The median.</summary>
internal static class Median
{
    /// <returns>The middle value, or the mean of the two middle ones.</returns>
    /// <param name="values">At least one value.</param>
    internal static double Of(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
