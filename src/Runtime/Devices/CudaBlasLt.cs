using GenKernels.Runtime.Interop;
using static GenKernels.Runtime.Interop.CuBlasLt;

namespace GenKernels.Runtime;

/// <summary>The matrix products of one GPU by cuBLASLt, on the device's stream; matrices are row-major.</summary>
/// <remarks>
/// The same product gives the same bits: its algorithm is chosen once and kept, split-K partial sums are reduced in a
/// fixed order (see <see cref="CudaProductPlan"/>), and the workspace belongs to this object, which according to
/// NVIDIA's documentation (cuBLAS, "Results reproducibility") makes <c>cublasLtMatmul</c> repeatable. A product can be
/// recorded, and captured in a graph.
/// </remarks>
internal sealed unsafe class CudaBlasLt : IDisposable
{
    // The size that cuBLAS' documentation recommends for compute capability 9.0.
    private const long WorkspaceBytes = 32 << 20;

    private readonly CudaDevice _device;
    private readonly Lock _lock = new();
    private readonly Dictionary<CudaProductProblem, CudaProductPlan> _plans = [];
    private readonly cublasLtHandle_t _handle;
    private readonly nint _workspace;
    private bool _disposed;

    /// <exception cref="LibraryNotFoundException">cuBLASLt was not found.</exception>
    /// <exception cref="OutOfDeviceMemoryException">The device has no room for the workspace.</exception>
    internal CudaBlasLt(CudaDevice device)
    {
        _device = device;
        device.MakeCurrent();
        cublasLtHandle_t handle;
        cublasLtCreate(&handle).ThrowIfFailed();
        _handle = handle;
        _workspace = device.AllocateMemory(WorkspaceBytes);
        if (_workspace != 0) return;
        cublasLtDestroy(handle);
        throw new OutOfDeviceMemoryException($"{device} is out of memory: 32 MiB requested for cuBLASLt's workspace");
    }

    /// <summary>
    /// C = alpha op(A) op(B) + beta C + bias for every matrix of a batch, with op(A) [M, K], op(B) [K, N], C [M, N].
    /// </summary>
    /// <param name="product">Sizes and layouts of the matrices, none of which is empty.</param>
    /// <param name="a">
    /// A starts at the tensor's first element, whatever the tensor's shape; likewise B and C. Both factors have one
    /// type, the result theirs or <see cref="ElementType.Float32"/>; sums accumulate in double for double, else in
    /// float. Factors of 32-bit floats are rounded to TF32 where <see cref="Device.Precision"/> allows it.
    /// </param>
    /// <param name="b">See <paramref name="a"/>.</param>
    /// <param name="c">See <paramref name="a"/>; read only where beta is not 0.</param>
    /// <param name="cost">The least work, which profiles compare the time with.</param>
    /// <param name="bias">One number per column, <c>[N]</c>, in the result's type; or null.</param>
    /// <exception cref="CudaException">cuBLASLt refused the product.</exception>
    internal void Multiply(
        CudaProductShape product, Tensor a, Tensor b, Tensor c, LaunchCost cost, double alpha = 1, double beta = 0,
        Tensor? bias = null)
    {
        bool isRounded = a.Type == ElementType.Float32 && _device.Precision.Matrix == MatrixPrecision.Tf32;
        CudaProductProblem problem = new(a.Type, c.Type, isRounded, bias is not null, product)
        {
            AlignmentOfA = CudaAlignment.Of(CudaProductProblem.MostAlignment, a),
            AlignmentOfB = CudaAlignment.Of(CudaProductProblem.MostAlignment, b),
            AlignmentOfC = CudaAlignment.Of(CudaProductProblem.MostAlignment, c),
        };
        CudaProductPlan plan = PlanOf(problem, bias?.Address ?? 0);
        _device.Call(new DeviceWork("cuBLASLt product", cost) { Type = a.Type }, [a, b, c, bias], addresses =>
        {
            lock (_lock)
            {
                ObjectDisposedException.ThrowIf(_disposed, this);
                plan.Run(
                    _handle, alpha, addresses[0], addresses[1], beta, addresses[2], addresses[3], _workspace,
                    WorkspaceBytes, _device.Stream);
            }
        });
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
        {
            if (_disposed) return;
            _disposed = true;
            if (!_device.TryMakeCurrent()) return;
            foreach (CudaProductPlan plan in _plans.Values) plan.Dispose();
            cublasLtDestroy(_handle);
            _device.FreeMemory(_workspace, WorkspaceBytes);
        }
    }

    private CudaProductPlan PlanOf(CudaProductProblem problem, nint bias)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_plans.TryGetValue(problem, out CudaProductPlan? known)) return known;
            _device.MakeCurrent();
            CudaProductPlan plan = new(_handle, problem, bias, WorkspaceBytes);
            _plans.Add(problem, plan);
            return plan;
        }
    }
}
