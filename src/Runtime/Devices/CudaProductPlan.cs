using GenKernels.Runtime.Interop;
using static GenKernels.Runtime.Interop.CuBlasLt;

namespace GenKernels.Runtime;

/// <summary>How cuBLASLt does one product: its descriptors and the algorithm that its heuristic proposed.</summary>
internal sealed unsafe class CudaProductPlan : IDisposable
{
    private readonly CudaProductProblem _problem;
    private cublasLtMatmulDesc_t _descriptor;
    private cublasLtMatrixLayout_t _layoutA;
    private cublasLtMatrixLayout_t _layoutB;
    private cublasLtMatrixLayout_t _layoutC;
    private cublasLtMatmulAlgo_t _algorithm;

    /// <param name="handle">The library's handle.</param>
    /// <param name="problem">The product to plan.</param>
    /// <param name="bias">The address of the bias, or 0; the heuristic may look at it.</param>
    /// <param name="workspaceBytes">The largest workspace of the algorithm.</param>
    /// <exception cref="CudaException">The library has no algorithm for it, or refused a descriptor.</exception>
    internal CudaProductPlan(cublasLtHandle_t handle, CudaProductProblem problem, nint bias, long workspaceBytes)
    {
        _problem = problem;
        try
        {
            Describe(bias);
            _algorithm = Choose(handle, workspaceBytes);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>C = alpha op(A) op(B) + beta C + bias.</summary>
    internal void Run(
        cublasLtHandle_t handle, double alpha, nint a, nint b, double beta, nint c, nint bias, nint workspace,
        long workspaceBytes, CudaDriver.CUstream stream)
    {
        if (_problem.HasBias) Set(cublasLtMatmulDescAttributes_t.CUBLASLT_MATMUL_DESC_BIAS_POINTER, bias);
        (float alphaSingle, float betaSingle) = ((float)alpha, (float)beta);
        bool isDouble = _problem.Type == ElementType.Float64;
        cublasLtMatmulAlgo_t algorithm = _algorithm;

        // The library is column-major, so it sees the transposes of row-major matrices: C^T = op(B)^T op(A)^T.
        cublasLtMatmul(
            handle, _descriptor, isDouble ? &alpha : &alphaSingle, b, _layoutB, a, _layoutA,
            isDouble ? &beta : &betaSingle, c, _layoutC, c, _layoutC, &algorithm, workspace, (nuint)workspaceBytes,
            stream).ThrowIfFailed($"cublasLtMatmul of {_problem}");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_layoutC.Value != 0) cublasLtMatrixLayoutDestroy(_layoutC);
        if (_layoutB.Value != 0) cublasLtMatrixLayoutDestroy(_layoutB);
        if (_layoutA.Value != 0) cublasLtMatrixLayoutDestroy(_layoutA);
        if (_descriptor.Value != 0) cublasLtMatmulDescDestroy(_descriptor);
        (_layoutC, _layoutB, _layoutA, _descriptor) = (default, default, default, default);
    }

    private void Describe(nint bias)
    {
        CudaProductShape shape = _problem.Shape;
        cublasLtMatmulDesc_t descriptor;
        bool isDouble = _problem.Type == ElementType.Float64;
        cublasLtMatmulDescCreate(
            &descriptor, ComputeType(), isDouble ? cudaDataType.CUDA_R_64F : cudaDataType.CUDA_R_32F).ThrowIfFailed();
        _descriptor = descriptor;
        Set(cublasLtMatmulDescAttributes_t.CUBLASLT_MATMUL_DESC_TRANSA, Operation(shape.TransposeB));
        Set(cublasLtMatmulDescAttributes_t.CUBLASLT_MATMUL_DESC_TRANSB, Operation(shape.TransposeA));

        // The library adds a bias per row of its column-major result, which is a column here.
        if (_problem.HasBias)
        {
            Set(
                cublasLtMatmulDescAttributes_t.CUBLASLT_MATMUL_DESC_EPILOGUE,
                cublasLtEpilogue_t.CUBLASLT_EPILOGUE_BIAS);
            Set(cublasLtMatmulDescAttributes_t.CUBLASLT_MATMUL_DESC_BIAS_POINTER, bias);
        }

        (int m, int n, int k) = (shape.M, shape.N, shape.K);
        _layoutA = Layout(_problem.Type, shape.TransposeA ? (m, k) : (k, m), shape.RowOfA, shape.StrideA);
        _layoutB = Layout(_problem.Type, shape.TransposeB ? (k, n) : (n, k), shape.RowOfB, shape.StrideB);
        _layoutC = Layout(_problem.ResultType, (n, m), shape.RowOfC, shape.StrideC);
    }

    private cublasLtMatrixLayout_t Layout(
        ElementType type, (int Rows, int Columns) size, int leadingDimension, long stride)
    {
        cublasLtMatrixLayout_t layout;
        cublasLtMatrixLayoutCreate(&layout, DataType(type), (ulong)size.Rows, (ulong)size.Columns, leadingDimension)
            .ThrowIfFailed($"cublasLtMatrixLayoutCreate for {_problem}");
        int count = _problem.Shape.BatchCount;
        cublasLtMatrixLayoutSetAttribute(
            layout, cublasLtMatrixLayoutAttribute_t.CUBLASLT_MATRIX_LAYOUT_BATCH_COUNT, &count, sizeof(int))
            .ThrowIfFailed();
        cublasLtMatrixLayoutSetAttribute(
            layout, cublasLtMatrixLayoutAttribute_t.CUBLASLT_MATRIX_LAYOUT_STRIDED_BATCH_OFFSET, &stride, sizeof(long))
            .ThrowIfFailed();
        return layout;
    }

    private cublasLtMatmulAlgo_t Choose(cublasLtHandle_t handle, long workspaceBytes)
    {
        cublasLtMatmulPreference_t preference;
        cublasLtMatmulPreferenceCreate(&preference).ThrowIfFailed();
        try
        {
            Prefer(preference, workspaceBytes);
            cublasLtMatmulHeuristicResult_t result;
            int found;
            cublasStatus_t status = cublasLtMatmulAlgoGetHeuristic(
                handle, _descriptor, _layoutB, _layoutA, _layoutC, _layoutC, preference, 1, &result, &found);
            if (status == cublasStatus_t.CUBLAS_STATUS_SUCCESS)
            {
                status = found > 0 ? result.state : cublasStatus_t.CUBLAS_STATUS_NOT_SUPPORTED;
            }

            status.ThrowIfFailed($"cublasLtMatmulAlgoGetHeuristic of {_problem}");
            return result.algo;
        }
        finally
        {
            cublasLtMatmulPreferenceDestroy(preference);
        }
    }

    /// <remarks>
    /// Split-K partial sums may be reduced only by a second kernel, from the workspace and in the compute type.
    /// Reduction in place and in the output type are excluded: they round 16-bit results at every partial sum.
    /// </remarks>
    private void Prefer(cublasLtMatmulPreference_t preference, long workspaceBytes)
    {
        Set(cublasLtMatmulPreferenceAttributes_t.CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES, (ulong)workspaceBytes);
        Set(
            cublasLtMatmulPreferenceAttributes_t.CUBLASLT_MATMUL_PREF_REDUCTION_SCHEME_MASK,
            cublasLtReductionScheme_t.CUBLASLT_REDUCTION_SCHEME_COMPUTE_TYPE);
        Set(cublasLtMatmulPreferenceAttributes_t.CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_A_BYTES, _problem.AlignmentOfB);
        Set(cublasLtMatmulPreferenceAttributes_t.CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_B_BYTES, _problem.AlignmentOfA);
        Set(cublasLtMatmulPreferenceAttributes_t.CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_C_BYTES, _problem.AlignmentOfC);
        Set(cublasLtMatmulPreferenceAttributes_t.CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_D_BYTES, _problem.AlignmentOfC);

        void Set<T>(cublasLtMatmulPreferenceAttributes_t attribute, T value)
            where T : unmanaged =>
            cublasLtMatmulPreferenceSetAttribute(preference, attribute, &value, (nuint)sizeof(T)).ThrowIfFailed();
    }

    private void Set<T>(cublasLtMatmulDescAttributes_t attribute, T value)
        where T : unmanaged =>
        cublasLtMatmulDescSetAttribute(_descriptor, attribute, &value, (nuint)sizeof(T)).ThrowIfFailed();

    private cublasComputeType_t ComputeType() => _problem.Type switch
    {
        ElementType.Float64 => cublasComputeType_t.CUBLAS_COMPUTE_64F,
        ElementType.Float32 when _problem.IsRounded => cublasComputeType_t.CUBLAS_COMPUTE_32F_FAST_TF32,
        _ => cublasComputeType_t.CUBLAS_COMPUTE_32F,
    };

    private static cublasOperation_t Operation(bool transpose) =>
        transpose ? cublasOperation_t.CUBLAS_OP_T : cublasOperation_t.CUBLAS_OP_N;

    private static cudaDataType DataType(ElementType type) => type switch
    {
        ElementType.Float64 => cudaDataType.CUDA_R_64F,
        ElementType.Float32 => cudaDataType.CUDA_R_32F,
        ElementType.Float16 => cudaDataType.CUDA_R_16F,
        ElementType.BFloat16 => cudaDataType.CUDA_R_16BF,
        _ => throw new ArgumentException($"cuBLASLt has no product of {type}"),
    };
}
