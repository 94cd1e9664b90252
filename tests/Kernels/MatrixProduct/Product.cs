using GenKernels.Kernels.Elementwise;
using GenKernels.Tests.Kernels.Elementwise;

namespace GenKernels.Tests.Kernels.MatrixProduct;

/// <summary>A batched matrix product, and the formula as loops.</summary>
/// <param name="Type">Element type.</param>
/// <param name="BatchX">Number of left matrices.</param>
/// <param name="BatchW">Number of right matrices; either may be 1, shared by all.</param>
/// <param name="M">Rows of the result.</param>
/// <param name="N">Columns of the result.</param>
/// <param name="K">Terms of each sum.</param>
/// <param name="TransposeX">Whether the left matrices are read transposed.</param>
/// <param name="TransposeW">Whether the right matrices are.</param>
internal sealed record Product(
    FloatType Type, int BatchX, int BatchW, int M, int N, int K, bool TransposeX, bool TransposeW)
{
    internal Shape X => TransposeX ? [BatchX, K, M] : [BatchX, M, K];

    internal Shape W => TransposeW ? [BatchW, N, K] : [BatchW, K, N];

    internal Shape Y => [Math.Max(BatchX, BatchW), M, N];

    internal double[] Sums(double[] x, double[] w)
    {
        double[] sums = new double[Y.ElementCount];
        for (int index = 0; index < sums.Length; index++)
        {
            (int b, int row, int column) = (index / N / M, index / N % M, index % N);
            int startX = BatchX == 1 ? 0 : b * M * K, startW = BatchW == 1 ? 0 : b * K * N;
            for (int p = 0; p < K; p++)
            {
                double left = x[startX + (TransposeX ? (p * M) + row : (row * K) + p)];
                sums[index] += left * w[startW + (TransposeW ? (column * K) + p : (p * N) + column)];
            }
        }

        return sums;
    }

    /// <returns>clamp(gain f(sum + bias)) + residual.</returns>
    internal double[] Finished(double[] sums, double[] bias, double[] residual, BiasActivationOptions options) =>
        [.. sums.Select((sum, index) =>
            BiasActivationTests.Value(options, sum + bias[index % N]) + residual[index])];
}
