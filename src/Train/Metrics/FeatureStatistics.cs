namespace GenKernels.Train.Metrics;

/// <summary>Weighted mean and covariance of features, taken one at a time, in 64-bit floats.</summary>
public sealed class FeatureStatistics
{
    private readonly double[] _sum;
    private readonly double[,] _products;
    private double _weight;

    /// <param name="length">C, numbers in a feature; positive.</param>
    public FeatureStatistics(int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(length);
        Length = length;
        _sum = new double[length];
        _products = new double[length, length];
    }

    /// <summary>Numbers in a feature.</summary>
    public int Length { get; }

    /// <param name="feature"><c>[C]</c>.</param>
    /// <param name="weight">Positive; so that each video counts alike, one over its number of features.</param>
    /// <exception cref="ArgumentException">The feature has another length.</exception>
    public void Add(ReadOnlySpan<float> feature, double weight = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(weight);
        if (feature.Length != Length) throw new ArgumentException($"needs {Length} numbers, got {feature.Length}");
        for (int row = 0; row < Length; row++)
        {
            double weighted = weight * feature[row];
            _sum[row] += weighted;
            for (int column = 0; column < Length; column++) _products[row, column] += weighted * feature[column];
        }

        _weight += weight;
    }

    /// <returns><c>[C]</c>; NaN before the first feature.</returns>
    public double[] Mean() => Array.ConvertAll(_sum, sum => sum / _weight);

    /// <returns>E[x xᵀ] - E[x] E[x]ᵀ, <c>[C, C]</c>: biased, as it is divided by the total weight.</returns>
    public double[,] Covariance()
    {
        double[] mean = Mean();
        double[,] covariance = new double[Length, Length];
        for (int row = 0; row < Length; row++)
        {
            for (int column = 0; column < Length; column++)
            {
                covariance[row, column] = (_products[row, column] / _weight) - (mean[row] * mean[column]);
            }
        }

        return covariance;
    }
}
