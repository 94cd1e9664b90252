namespace GenKernels.Kernels.MatrixProduct;

/// <summary>The sizes and batch strides of a batched matrix product.</summary>
/// <param name="Batch">Products in the batch.</param>
/// <param name="M">Rows of a product.</param>
/// <param name="N">Columns of a product.</param>
/// <param name="K">Terms of a sum.</param>
/// <param name="XBatch">Batch stride of the left operand in elements; 0 if one matrix is broadcast.</param>
/// <param name="WBatch">Batch stride of the right operand in elements; 0 if one matrix is broadcast.</param>
internal readonly record struct MatMulSize(int Batch, int M, int N, int K, long XBatch, long WBatch)
{
    /// <summary>Multiplications and additions of all products.</summary>
    internal long Operations => 2L * Batch * M * N * K;

    /// <returns>The sizes of checked operands; see <see cref="MatMul"/>.</returns>
    internal static MatMulSize Of(Tensor x, Tensor w, Tensor y, bool transposeX)
    {
        (int batch, int m, int n, int k) = (y.Shape[0], y.Shape[1], y.Shape[2], x.Shape[transposeX ? 1 : 2]);
        long xBatch = x.Shape[0] == 1 ? 0 : (long)m * k;
        long wBatch = w.Shape[0] == 1 ? 0 : (long)k * n;
        return new MatMulSize(batch, m, n, k, xBatch, wBatch);
    }
}
