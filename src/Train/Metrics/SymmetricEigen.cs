namespace GenKernels.Train.Metrics;

/// <summary>Eigenvalues and eigenvectors of a symmetric matrix, by rotations that zero one element after the
/// other.</summary>
/// <remarks>Source: Golub and Van Loan 2013, Matrix Computations, section 8.5 (cyclic Jacobi).</remarks>
internal static class SymmetricEigen
{
    private const int MostSweeps = 60;  // it converges quadratically: about ten are enough
    private const double Precision = 1e-15;

    /// <param name="matrix">Symmetric.</param>
    /// <returns>The eigenvalues, in no order, and the eigenvector of each as the column of its index.</returns>
    public static (double[] Values, double[,] Vectors) Of(double[,] matrix)
    {
        int size = matrix.GetLength(0);
        double[,] rest = (double[,])matrix.Clone();
        double[,] vectors = new double[size, size];
        for (int i = 0; i < size; i++) vectors[i, i] = 1;
        double enough = Precision * Math.Sqrt(rest.Cast<double>().Sum(value => value * value));
        for (int sweep = 0; sweep < MostSweeps && Outside(rest) > enough; sweep++)
        {
            for (int p = 0; p < size - 1; p++)
            {
                for (int q = p + 1; q < size; q++) Rotate(rest, vectors, p, q);
            }
        }

        return ([.. Enumerable.Range(0, size).Select(i => rest[i, i])], vectors);
    }

    /// <summary>The norm of the elements outside the diagonal.</summary>
    private static double Outside(double[,] matrix)
    {
        double sum = 0;
        for (int row = 0; row < matrix.GetLength(0); row++)
        {
            for (int column = 0; column < row; column++) sum += 2 * Math.Pow(matrix[row, column], 2);
        }

        return Math.Sqrt(sum);
    }

    /// <summary>Zeroes the elements (p, q) and (q, p).</summary>
    private static void Rotate(double[,] matrix, double[,] vectors, int p, int q)
    {
        if (matrix[p, q] == 0) return;
        double slope = (matrix[q, q] - matrix[p, p]) / (2 * matrix[p, q]);
        double tangent = 1 / (Math.Abs(slope) + Math.Sqrt(1 + (slope * slope)));
        if (slope < 0) tangent = -tangent;
        double cosine = 1 / Math.Sqrt(1 + (tangent * tangent)), sine = tangent * cosine;
        int size = matrix.GetLength(0);
        for (int i = 0; i < size; i++)
        {
            (matrix[i, p], matrix[i, q]) = Turn(matrix[i, p], matrix[i, q]);
            (vectors[i, p], vectors[i, q]) = Turn(vectors[i, p], vectors[i, q]);
        }

        for (int i = 0; i < size; i++) (matrix[p, i], matrix[q, i]) = Turn(matrix[p, i], matrix[q, i]);

        (double, double) Turn(double x, double y) => ((cosine * x) - (sine * y), (sine * x) + (cosine * y));
    }
}
