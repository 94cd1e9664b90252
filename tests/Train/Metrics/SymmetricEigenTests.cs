using GenKernels.Train.Metrics;

namespace GenKernels.Tests.Train.Metrics;

public sealed class SymmetricEigenTests
{
    [Test]
    public void TheMatrixScalesEveryVectorByItsValue([Values(1, 2, 17)] int size)
    {
        Random random = new(size);
        double[,] matrix = new double[size, size];
        for (int row = 0; row < size; row++)
        {
            for (int column = 0; column <= row; column++)
            {
                matrix[row, column] = matrix[column, row] = random.NextDouble() - 0.5;
            }
        }

        (double[] values, double[,] vectors) = SymmetricEigen.Of(matrix);
        for (int vector = 0; vector < size; vector++)
        {
            double norm = 0;
            for (int row = 0; row < size; row++)
            {
                double product = 0;
                for (int column = 0; column < size; column++) product += matrix[row, column] * vectors[column, vector];
                Assert.That(product, Is.EqualTo(values[vector] * vectors[row, vector]).Within(1e-12));
                norm += vectors[row, vector] * vectors[row, vector];
            }

            Assert.That(norm, Is.EqualTo(1).Within(1e-12));
        }
    }

    [Test]
    public void ADiagonalMatrixIsLeftAsItIs() =>
        Assert.That(SymmetricEigen.Of(new double[,] { { 3, 0 }, { 0, 0 } }).Values, Is.EqualTo(new[] { 3.0, 0 }));
}
