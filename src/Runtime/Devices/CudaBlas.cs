using GenKernels.Runtime.Interop;
using static GenKernels.Runtime.Interop.CuBlas;

namespace GenKernels.Runtime;

/// <summary>The matrix products of one GPU by cuBLAS, on the device's stream; rows lie one after the other.</summary>
/// <remarks>
/// It has a workspace of its own: the same product gives the same bits, and can be captured in a graph.
/// </remarks>
internal sealed unsafe class CudaBlas : IDisposable
{
    // What cuBLAS' documentation recommends for compute capability 9.0.
    private const long WorkspaceBytes = 32 << 20;

    private readonly CudaDevice _device;
    private readonly Lock _lock = new();
    private readonly cublasHandle_t _handle;
    private readonly nint _workspace;
    private bool _disposed;

    /// <exception cref="LibraryNotFoundException">cuBLAS was not found.</exception>
    /// <exception cref="OutOfDeviceMemoryException">The device has no room for the workspace.</exception>
    internal CudaBlas(CudaDevice device)
    {
        _device = device;
        device.MakeCurrent();
        _workspace = device.AllocateMemory(WorkspaceBytes);
        if (_workspace == 0) throw new OutOfDeviceMemoryException($"{device} has no room for 32 MiB of cuBLAS' own");
        cublasHandle_t handle;
        cublasCreate_v2(&handle).ThrowIfFailed();
        _handle = handle;
        cublasSetStream_v2(handle, device.Stream).ThrowIfFailed();
        cublasSetWorkspace_v2(handle, _workspace, (nuint)WorkspaceBytes).ThrowIfFailed();
        cublasSetMathMode(handle, cublasMath_t.CUBLAS_MATH_DISALLOW_REDUCED_PRECISION_REDUCTION).ThrowIfFailed();
    }

    /// <summary>
    /// Whether products of <see cref="ElementType.Float32"/> may round their factors to 10 bits of mantissa; not by
    /// default.
    /// </summary>
    internal bool AllowTensorFloat32 { get; set; }

    /// <summary>
    /// C = alpha op(A) op(B) + beta C for every matrix of a batch, with op(A) [M, K], op(B) [K, N], C [M, N].
    /// </summary>
    /// <param name="type">Of all elements; sums are kept in double for double, else in float.</param>
    /// <param name="product">Sizes, and how the factors lie.</param>
    /// <param name="a">The address of A; so for B and C.</param>
    /// <exception cref="CudaException">cuBLAS refused it.</exception>
    internal void Multiply(
        ElementType type, CudaProductShape product, double alpha, nint a, nint b, double beta, nint c)
    {
        if (_device.Recorder is { } recorder)
        {
            recorder.Add(new RecordedProduct(
                type, product, alpha, recorder.Find(a), recorder.Find(b), beta, recorder.Find(c)));
            return;
        }

        (float alphaSingle, float betaSingle) = ((float)alpha, (float)beta);
        bool isDouble = type == ElementType.Float64;
        cudaDataType data = DataType(type);
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            _device.MakeCurrent();

            // cuBLAS reads columns where our rows are, that is the transposes; and C^T = op(B)^T op(A)^T.
            cublasGemmStridedBatchedEx(
                _handle, Operation(product.TransposeB), Operation(product.TransposeA), product.N, product.M, product.K,
                isDouble ? &alpha : &alphaSingle,
                b, data, product.RowOfB, product.StrideB,
                a, data, product.RowOfA, product.StrideA,
                isDouble ? &beta : &betaSingle,
                c, data, product.RowOfC, product.StrideC,
                product.BatchCount, ComputeType(type), cublasGemmAlgo_t.CUBLAS_GEMM_DEFAULT)
                .ThrowIfFailed($"cublasGemmStridedBatchedEx of {type}, {product}");
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
        {
            if (_disposed) return;
            _disposed = true;
            if (!_device.TryMakeCurrent()) return;
            cublasDestroy_v2(_handle);
            _device.FreeMemory(_workspace, WorkspaceBytes);
        }
    }

    private static cublasOperation_t Operation(bool transpose) =>
        transpose ? cublasOperation_t.CUBLAS_OP_T : cublasOperation_t.CUBLAS_OP_N;

    private static cudaDataType DataType(ElementType type) => type switch
    {
        ElementType.Float64 => cudaDataType.CUDA_R_64F,
        ElementType.Float32 => cudaDataType.CUDA_R_32F,
        ElementType.Float16 => cudaDataType.CUDA_R_16F,
        ElementType.BFloat16 => cudaDataType.CUDA_R_16BF,
        _ => throw new ArgumentException($"cuBLAS has no product of {type}"),
    };

    private cublasComputeType_t ComputeType(ElementType type) => type switch
    {
        ElementType.Float64 => cublasComputeType_t.CUBLAS_COMPUTE_64F,
        ElementType.Float32 when AllowTensorFloat32 => cublasComputeType_t.CUBLAS_COMPUTE_32F_FAST_TF32,
        _ => cublasComputeType_t.CUBLAS_COMPUTE_32F,
    };
}
