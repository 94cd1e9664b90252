using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace GenKernels.Runtime.Interop;

/// <summary>cuBLASLt: matrix products on a GPU. Matrices are column-major; sizes and strides count elements.</summary>
/// <remarks>Numbers are those of NVIDIA's header <c>cublasLt.h</c>, the same in CUDA 12 and 13.</remarks>
internal static unsafe partial class CuBlasLt
{
    private const string Library = NativeLibraries.CuBlasLtName;

    static CuBlasLt() => NativeLibraries.UseLocators();

    internal readonly record struct cublasLtHandle_t(nint Value);

    internal readonly record struct cublasLtMatmulDesc_t(nint Value);

    internal readonly record struct cublasLtMatrixLayout_t(nint Value);

    internal readonly record struct cublasLtMatmulPreference_t(nint Value);

    /// <summary>An algorithm that the heuristic chose; opaque.</summary>
    internal struct cublasLtMatmulAlgo_t
    {
        internal fixed ulong data[8];
    }

    internal struct cublasLtMatmulHeuristicResult_t
    {
        internal cublasLtMatmulAlgo_t algo;
        internal nuint workspaceSize;
        internal cublasStatus_t state;
        internal float wavesCount;
        internal fixed int reserved[4];
    }

    internal enum cublasStatus_t
    {
        CUBLAS_STATUS_SUCCESS = 0,
        CUBLAS_STATUS_NOT_SUPPORTED = 15,
    }

    internal enum cublasOperation_t
    {
        CUBLAS_OP_N = 0,
        CUBLAS_OP_T = 1,
    }

    internal enum cudaDataType
    {
        CUDA_R_32F = 0,
        CUDA_R_64F = 1,
        CUDA_R_16F = 2,
        CUDA_R_16BF = 14,
    }

    internal enum cublasComputeType_t
    {
        CUBLAS_COMPUTE_32F = 68,
        CUBLAS_COMPUTE_64F = 70,
        CUBLAS_COMPUTE_32F_FAST_TF32 = 77,
    }

    internal enum cublasLtMatmulDescAttributes_t
    {
        CUBLASLT_MATMUL_DESC_TRANSA = 3,
        CUBLASLT_MATMUL_DESC_TRANSB = 4,
        CUBLASLT_MATMUL_DESC_EPILOGUE = 7,
        CUBLASLT_MATMUL_DESC_BIAS_POINTER = 8,
    }

    internal enum cublasLtEpilogue_t
    {
        CUBLASLT_EPILOGUE_BIAS = 4,
    }

    internal enum cublasLtMatrixLayoutAttribute_t
    {
        CUBLASLT_MATRIX_LAYOUT_BATCH_COUNT = 5,
        CUBLASLT_MATRIX_LAYOUT_STRIDED_BATCH_OFFSET = 6,
    }

    internal enum cublasLtMatmulPreferenceAttributes_t
    {
        CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES = 1,
        CUBLASLT_MATMUL_PREF_REDUCTION_SCHEME_MASK = 3,
        CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_A_BYTES = 5,
        CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_B_BYTES = 6,
        CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_C_BYTES = 7,
        CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_D_BYTES = 8,
    }

    /// <summary>
    /// How split-K partial sums are reduced, as bits of a mask; algorithms without split-K are always allowed.
    /// </summary>
    internal enum cublasLtReductionScheme_t
    {
        /// <summary>
        /// Partial sums are kept in the workspace in the compute type, and reduced by a second kernel.
        /// </summary>
        CUBLASLT_REDUCTION_SCHEME_COMPUTE_TYPE = 2,
    }

    /// <exception cref="CudaException">The status is not success.</exception>
    internal static void ThrowIfFailed(
        this cublasStatus_t status, [CallerArgumentExpression(nameof(status))] string call = "")
    {
        if (status == cublasStatus_t.CUBLAS_STATUS_SUCCESS) return;
        string name = Marshal.PtrToStringUTF8(cublasLtGetStatusName(status)) ?? "cuBLASLt error";
        string text = Marshal.PtrToStringUTF8(cublasLtGetStatusString(status)) ?? "";
        throw new CudaException(call, (int)status, name, text);
    }

    /// <returns>10000 times the major version plus 100 times the minor one plus the patch.</returns>
    [LibraryImport(Library)]
    internal static partial nuint cublasLtGetVersion();

    [LibraryImport(Library)]
    internal static partial cublasStatus_t cublasLtCreate(cublasLtHandle_t* handle);

    [LibraryImport(Library)]
    internal static partial cublasStatus_t cublasLtDestroy(cublasLtHandle_t handle);

    /// <param name="scaleType">The type of alpha and beta.</param>
    [LibraryImport(Library)]
    internal static partial cublasStatus_t cublasLtMatmulDescCreate(
        cublasLtMatmulDesc_t* descriptor, cublasComputeType_t computeType, cudaDataType scaleType);

    [LibraryImport(Library)]
    internal static partial cublasStatus_t cublasLtMatmulDescDestroy(cublasLtMatmulDesc_t descriptor);

    [LibraryImport(Library)]
    internal static partial cublasStatus_t cublasLtMatmulDescSetAttribute(
        cublasLtMatmulDesc_t descriptor, cublasLtMatmulDescAttributes_t attribute, void* value, nuint bytes);

    [LibraryImport(Library)]
    internal static partial cublasStatus_t cublasLtMatrixLayoutCreate(
        cublasLtMatrixLayout_t* layout, cudaDataType type, ulong rows, ulong columns, long leadingDimension);

    [LibraryImport(Library)]
    internal static partial cublasStatus_t cublasLtMatrixLayoutDestroy(cublasLtMatrixLayout_t layout);

    [LibraryImport(Library)]
    internal static partial cublasStatus_t cublasLtMatrixLayoutSetAttribute(
        cublasLtMatrixLayout_t layout, cublasLtMatrixLayoutAttribute_t attribute, void* value, nuint bytes);

    [LibraryImport(Library)]
    internal static partial cublasStatus_t cublasLtMatmulPreferenceCreate(cublasLtMatmulPreference_t* preference);

    [LibraryImport(Library)]
    internal static partial cublasStatus_t cublasLtMatmulPreferenceDestroy(cublasLtMatmulPreference_t preference);

    [LibraryImport(Library)]
    internal static partial cublasStatus_t cublasLtMatmulPreferenceSetAttribute(
        cublasLtMatmulPreference_t preference, cublasLtMatmulPreferenceAttributes_t attribute, void* value,
        nuint bytes);

    /// <summary>Proposes algorithms by expected speed, the fastest first.</summary>
    [LibraryImport(Library)]
    internal static partial cublasStatus_t cublasLtMatmulAlgoGetHeuristic(
        cublasLtHandle_t handle, cublasLtMatmulDesc_t descriptor, cublasLtMatrixLayout_t a, cublasLtMatrixLayout_t b,
        cublasLtMatrixLayout_t c, cublasLtMatrixLayout_t d, cublasLtMatmulPreference_t preference, int wanted,
        cublasLtMatmulHeuristicResult_t* results, int* found);

    /// <summary>D = epilogue(alpha op(A) op(B) + beta C).</summary>
    [LibraryImport(Library)]
    internal static partial cublasStatus_t cublasLtMatmul(
        cublasLtHandle_t handle, cublasLtMatmulDesc_t descriptor, void* alpha, nint a, cublasLtMatrixLayout_t layoutA,
        nint b, cublasLtMatrixLayout_t layoutB, void* beta, nint c, cublasLtMatrixLayout_t layoutC, nint d,
        cublasLtMatrixLayout_t layoutD, cublasLtMatmulAlgo_t* algorithm, nint workspace, nuint workspaceBytes,
        CudaDriver.CUstream stream);

    [LibraryImport(Library)]
    private static partial nint cublasLtGetStatusName(cublasStatus_t status);

    [LibraryImport(Library)]
    private static partial nint cublasLtGetStatusString(cublasStatus_t status);
}
