using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace GenKernels.Runtime.Interop;

/// <summary>
/// cuBLAS: the matrix products of a GPU. Columns lie one after the other; sizes and strides count elements.
/// </summary>
internal static unsafe partial class CuBlas
{
    private const string Library = NativeLibraries.CuBlasName;

    static CuBlas() => NativeLibraries.UseLocators();

    internal readonly record struct cublasHandle_t(nint Value);

    internal enum cublasStatus_t
    {
        CUBLAS_STATUS_SUCCESS = 0,
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

    internal enum cublasGemmAlgo_t
    {
        CUBLAS_GEMM_DEFAULT = -1,
    }

    [Flags]
    internal enum cublasMath_t
    {
        CUBLAS_DEFAULT_MATH = 0,
        CUBLAS_MATH_DISALLOW_REDUCED_PRECISION_REDUCTION = 16,
    }

    /// <exception cref="CudaException">The status is not success.</exception>
    internal static void ThrowIfFailed(
        this cublasStatus_t status, [CallerArgumentExpression(nameof(status))] string call = "")
    {
        if (status == cublasStatus_t.CUBLAS_STATUS_SUCCESS) return;
        string name = Marshal.PtrToStringUTF8(cublasGetStatusName(status)) ?? "cuBLAS error";
        throw new CudaException(call, (int)status, name, Marshal.PtrToStringUTF8(cublasGetStatusString(status)) ?? "");
    }

    [LibraryImport(Library)]
    internal static partial cublasStatus_t cublasCreate_v2(cublasHandle_t* handle);

    [LibraryImport(Library)]
    internal static partial cublasStatus_t cublasDestroy_v2(cublasHandle_t handle);

    [LibraryImport(Library)]
    internal static partial cublasStatus_t cublasGetVersion_v2(cublasHandle_t handle, int* version);

    [LibraryImport(Library)]
    internal static partial cublasStatus_t cublasSetStream_v2(cublasHandle_t handle, CudaDriver.CUstream stream);

    [LibraryImport(Library)]
    internal static partial cublasStatus_t cublasSetMathMode(cublasHandle_t handle, cublasMath_t mode);

    [LibraryImport(Library)]
    internal static partial cublasStatus_t cublasSetWorkspace_v2(cublasHandle_t handle, nint workspace, nuint bytes);

    /// <summary>C = alpha op(A) op(B) + beta C, with op(A) [m, k], op(B) [k, n], C [m, n].</summary>
    [LibraryImport(Library)]
    internal static partial cublasStatus_t cublasSgemm_v2(
        cublasHandle_t handle, cublasOperation_t transA, cublasOperation_t transB, int m, int n, int k,
        float* alpha, nint a, int lda, nint b, int ldb, float* beta, nint c, int ldc);

    /// <summary>C = alpha op(A) op(B) + beta C, with op(A) [m, k], op(B) [k, n], C [m, n].</summary>
    [LibraryImport(Library)]
    internal static partial cublasStatus_t cublasDgemm_v2(
        cublasHandle_t handle, cublasOperation_t transA, cublasOperation_t transB, int m, int n, int k,
        double* alpha, nint a, int lda, nint b, int ldb, double* beta, nint c, int ldc);

    /// <summary>The product of any types; alpha and beta have the type of the computation.</summary>
    [LibraryImport(Library)]
    internal static partial cublasStatus_t cublasGemmEx(
        cublasHandle_t handle, cublasOperation_t transA, cublasOperation_t transB, int m, int n, int k,
        void* alpha, nint a, cudaDataType typeA, int lda, nint b, cudaDataType typeB, int ldb,
        void* beta, nint c, cudaDataType typeC, int ldc, cublasComputeType_t computeType, cublasGemmAlgo_t algorithm);

    /// <summary>One product for every matrix of a batch, a stride apart.</summary>
    [LibraryImport(Library)]
    internal static partial cublasStatus_t cublasGemmStridedBatchedEx(
        cublasHandle_t handle, cublasOperation_t transA, cublasOperation_t transB, int m, int n, int k,
        void* alpha, nint a, cudaDataType typeA, int lda, long strideA,
        nint b, cudaDataType typeB, int ldb, long strideB,
        void* beta, nint c, cudaDataType typeC, int ldc, long strideC,
        int batchCount, cublasComputeType_t computeType, cublasGemmAlgo_t algorithm);

    [LibraryImport(Library)]
    private static partial nint cublasGetStatusName(cublasStatus_t status);

    [LibraryImport(Library)]
    private static partial nint cublasGetStatusString(cublasStatus_t status);
}
