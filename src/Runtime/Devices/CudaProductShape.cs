namespace GenKernels.Runtime;

/// <summary>The sizes of a batch of matrix products, in elements; rows lie one after the other.</summary>
/// <param name="M">Rows of op(A) and C.</param>
/// <param name="N">Columns of op(B) and C.</param>
/// <param name="K">Columns of op(A), rows of op(B).</param>
/// <param name="TransposeA">Whether A lies as [K, M].</param>
/// <param name="TransposeB">Whether B lies as [N, K].</param>
internal readonly record struct CudaProductShape(int M, int N, int K, bool TransposeA = false, bool TransposeB = false)
{
    /// <summary>From one row of A, as it lies, to the next.</summary>
    internal int RowOfA { get; init; } = TransposeA ? M : K;

    /// <summary>From one row of B, as it lies, to the next.</summary>
    internal int RowOfB { get; init; } = TransposeB ? K : N;

    /// <summary>From one row of C to the next.</summary>
    internal int RowOfC { get; init; } = N;

    /// <summary>Products of the batch.</summary>
    internal int BatchCount { get; init; } = 1;

    /// <summary>From one A to the next; 0 where all products share it.</summary>
    internal long StrideA { get; init; } = (long)M * K;

    /// <summary>From one B to the next; 0 where all products share it.</summary>
    internal long StrideB { get; init; } = (long)K * N;

    /// <summary>From one C to the next.</summary>
    internal long StrideC { get; init; } = (long)M * N;
}
