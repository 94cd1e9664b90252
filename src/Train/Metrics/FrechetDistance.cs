using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Factorization;

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
        if (first.Length != second.Length)
        {
            throw new ArgumentException($"needs features of one length, got {first.Length} and {second.Length}");
        }

        Matrix<double> one = Matrix<double>.Build.DenseOfArray(first.Covariance());   // [C, C]
        Matrix<double> two = Matrix<double>.Build.DenseOfArray(second.Covariance());  // [C, C]
        Matrix<double> root = Root(two);
        double rootTrace = RootsOfEigenvalues((root * one * root).Evd(Symmetricity.Symmetric)).Sum();
        Vector<double> between = Vector<double>.Build.Dense(first.Mean()) - Vector<double>.Build.Dense(second.Mean());
        return (between * between) + one.Trace() + two.Trace() - (2 * rootTrace);
    }

    private static Matrix<double> Root(Matrix<double> matrix)
    {
        Evd<double> eigen = matrix.Evd(Symmetricity.Symmetric);
        Matrix<double> roots = Matrix<double>.Build.DiagonalOfDiagonalVector(RootsOfEigenvalues(eigen));
        return eigen.EigenVectors * roots * eigen.EigenVectors.Transpose();
    }

    /// <summary>Rounding may leave an eigenvalue of -1e-17 where it should be 0.</summary>
    private static Vector<double> RootsOfEigenvalues(Evd<double> eigen) =>
        eigen.EigenValues.Map(value => Math.Sqrt(Math.Max(0, value.Real)));
}
