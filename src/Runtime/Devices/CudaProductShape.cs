namespace GenKernels.Runtime;

/// <summary>The sizes of a batch of matrix products, in elements; matrices are row-major.</summary>
/// <param name="M">Rows of op(A) and C.</param>
/// <param name="N">Columns of op(B) and C.</param>
/// <param name="K">Columns of op(A), rows of op(B).</param>
/// <param name="TransposeA">Whether A is stored as <c>[K, M]</c>.</param>
/// <param name="TransposeB">Whether B is stored as <c>[N, K]</c>.</param>
internal readonly record struct CudaProductShape(int M, int N, int K, bool TransposeA = false, bool TransposeB = false)
{
    /// <summary>The leading dimension of A as stored: from one row to the next.</summary>
    internal int RowOfA { get; init; } = TransposeA ? M : K;

    /// <summary>The leading dimension of B as stored.</summary>
    internal int RowOfB { get; init; } = TransposeB ? K : N;

    /// <summary>The leading dimension of C.</summary>
    internal int RowOfC { get; init; } = N;

    /// <summary>Products in the batch.</summary>
    internal int BatchCount { get; init; } = 1;

    /// <summary>From one A to the next; 0 where all products share it.</summary>
    internal long StrideA { get; init; } = (long)M * K;

    /// <summary>From one B to the next; 0 where all products share it.</summary>
    internal long StrideB { get; init; } = (long)K * N;

    /// <summary>From one C to the next.</summary>
    internal long StrideC { get; init; } = (long)M * N;
}
