namespace GenKernels.Kernels.MatrixProduct;

/// <summary>How large the matrices of a batched product are, and how far apart they lie.</summary>
/// <param name="Batch">Products.</param>
/// <param name="M">Rows of a product.</param>
/// <param name="N">Columns of a product.</param>
/// <param name="K">Terms of a sum.</param>
/// <param name="XBatch">From one left factor to the next, in elements; 0 where one is for all.</param>
/// <param name="WBatch">From one right factor to the next, in elements; 0 where one is for all.</param>
internal readonly record struct MatMulSize(int Batch, int M, int N, int K, long XBatch, long WBatch)
{
    /// <summary>Multiplications and additions of all products.</summary>
    internal long Operations => 2L * Batch * M * N * K;

    /// <returns>That of checked operands; see <see cref="MatMul"/>.</returns>
    internal static MatMulSize Of(Tensor x, Tensor w, Tensor y, bool transposeX)
    {
        (int batch, int m, int n, int k) = (y.Shape[0], y.Shape[1], y.Shape[2], x.Shape[transposeX ? 1 : 2]);
        long xBatch = x.Shape[0] == 1 ? 0 : (long)m * k;
        long wBatch = w.Shape[0] == 1 ? 0 : (long)k * n;
        return new MatMulSize(batch, m, n, k, xBatch, wBatch);
    }
}
