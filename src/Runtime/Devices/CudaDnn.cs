using GenKernels.Runtime.Interop;
using static GenKernels.Runtime.Interop.CuDnn;

namespace GenKernels.Runtime;

/// <summary>The convolutions of one GPU by cuDNN 9, on the device's stream; channels are last.</summary>
/// <remarks>
/// The same convolution gives the same bits: its engine is chosen once among those that cuDNN does not call
/// nondeterministic, and kept. It can be recorded, and captured in a graph; its workspace is a tensor like others.
/// </remarks>
internal sealed unsafe class CudaDnn : IDisposable
{
    private const int ClassOfNotSupported = (int)cudnnStatus_t.CUDNN_STATUS_NOT_SUPPORTED / 1000;

    private readonly CudaDevice _device;
    private readonly Lock _lock = new();
    private readonly Dictionary<CudaConvolutionProblem, (CudaConvolutionPlan? Plan, CudaException? Failure)> _plans =
        [];

    private readonly cudnnHandle_t _handle;
    private bool _disposed;

    /// <exception cref="LibraryNotFoundException">cuDNN was not found.</exception>
    internal CudaDnn(CudaDevice device)
    {
        _device = device;

        // cuDNN looks for cuBLASLt by its bare name, which the loader knows once it is loaded.
        _ = NativeLibraries.CuBlasLt.IsFound;
        device.MakeCurrent();
        cudnnHandle_t handle;
        cudnnCreate(&handle).ThrowIfFailed();
        _handle = handle;
    }

    /// <returns>Whether an engine does it, which is asked for once and kept.</returns>
    /// <exception cref="CudaException">cuDNN failed otherwise.</exception>
    internal bool Supports(CudaConvolutionProblem problem) => PlanOf(problem).Plan is not null;

    /// <summary>
    /// Convolves, or makes one of the two gradients; of the three tensors the kind says which is made.
    /// </summary>
    /// <param name="problem">Kind, types and geometry, of single frames where they do not meet.</param>
    /// <param name="x">The activations, whose first element counts; none of the three is empty.</param>
    /// <param name="w">The weights.</param>
    /// <param name="y">The result.</param>
    /// <param name="cost">What profiles hold the time against.</param>
    /// <exception cref="CudaException">No engine does it, or it failed.</exception>
    internal void Convolve(CudaConvolutionProblem problem, Tensor x, Tensor w, Tensor y, LaunchCost cost)
    {
        (CudaConvolutionPlan? found, CudaException? failure) = PlanOf(problem);
        CudaConvolutionPlan plan = found ?? throw failure!;
        using Tensor? workspace = plan.WorkspaceBytes == 0
            ? null : Tensor.Empty([(int)plan.WorkspaceBytes], ElementType.UInt8, _device);
        DeviceWork work = new(NameOf(problem.Kind), cost) { Type = problem.Type };
        _device.Call(work, [x, w, y, workspace], addresses =>
        {
            lock (_lock)
            {
                ObjectDisposedException.ThrowIf(_disposed, this);
                cudnnSetStream(_handle, _device.Stream).ThrowIfFailed();
                plan.Run(_handle, addresses[0], addresses[1], addresses[2], addresses[3]);
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
            foreach ((CudaConvolutionPlan? plan, _) in _plans.Values) plan?.Dispose();
            cudnnDestroy(_handle);
        }
    }

    private static string NameOf(CudaConvolutionKind kind) => kind switch
    {
        CudaConvolutionKind.Forward => "cuDNN convolution",
        CudaConvolutionKind.DataGradient => "cuDNN data gradient",
        _ => "cuDNN weight gradient",
    };

    private (CudaConvolutionPlan? Plan, CudaException? Failure) PlanOf(CudaConvolutionProblem problem)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_plans.TryGetValue(problem, out var known)) return known;
            _device.MakeCurrent();
            try
            {
                known.Plan = new CudaConvolutionPlan(_handle, problem);
            }
            catch (CudaException exception) when (exception.Code / 1000 == ClassOfNotSupported)
            {
                known.Failure = exception;
            }

            _plans.Add(problem, known);
            return known;
        }
    }
}
