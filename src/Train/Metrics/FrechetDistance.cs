namespace GenKernels.Train.Metrics;

/// <summary>The distance between two normal distributions that FID and FVD are made of.</summary>
/// <remarks>
/// |m₁ - m₂|² + tr(S₁ + S₂ - 2 (S₁ S₂)^½) (Heusel et al. 2017, section 3). The product is not symmetric, but has the
/// eigenvalues of the symmetric R S₁ R with R = S₂^½, and the trace of its root is the sum of their roots.
/// </remarks>
public static class FrechetDistance
{
    /// <param name="first">Statistics of one set of features.</param>
    /// <param name="second">Statistics of another, of the same length.</param>
    /// <returns>0 for equal statistics; in the square of the features' unit.</returns>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static double Of(FeatureStatistics first, FeatureStatistics second)
    {
        int length = first.Length;
        if (second.Length != length)
        {
            throw new ArgumentException($"needs features of one length, got {length} and {second.Length}");
        }

        (double[,] one, double[,] two) = (first.Covariance(), second.Covariance());
        double[,] root = Root(two);
        double[] values = SymmetricEigen.Of(Product(Product(root, one), root)).Values;
        double distance = -2 * values.Sum(value => Math.Sqrt(Math.Max(0, value)));  // rounding may leave -1e-17
        (double[] mean, double[] other) = (first.Mean(), second.Mean());
        for (int i = 0; i < length; i++) distance += Math.Pow(mean[i] - other[i], 2) + one[i, i] + two[i, i];
        return distance;
    }

    private static double[,] Root(double[,] matrix)
    {
        (double[] values, double[,] vectors) = SymmetricEigen.Of(matrix);
        int size = values.Length;
        (double[,] scaled, double[,] transposed) = (new double[size, size], new double[size, size]);
        for (int row = 0; row < size; row++)
        {
            for (int column = 0; column < size; column++)
            {
                scaled[row, column] = vectors[row, column] * Math.Sqrt(Math.Max(0, values[column]));
                transposed[column, row] = vectors[row, column];
            }
        }

        return Product(scaled, transposed);
    }

    private static double[,] Product(double[,] left, double[,] right)
    {
        int size = left.GetLength(0);
        double[,] product = new double[size, size];
        for (int row = 0; row < size; row++)
        {
            for (int inner = 0; inner < size; inner++)
            {
                double factor = left[row, inner];
                for (int column = 0; column < size; column++) product[row, column] += factor * right[inner, column];
            }
        }

        return product;
    }
}
