using GenKernels.Runtime.Interop;
using static GenKernels.Runtime.Interop.CuDnn;

namespace GenKernels.Runtime;

/// <summary>The convolutions of one GPU by cuDNN 9, on the device's stream; channels are last.</summary>
/// <remarks>
/// The same convolution by the engine of the same rank gives the same bits. It can be recorded, and captured in a
/// graph; its workspace is a tensor like others.
/// </remarks>
internal sealed unsafe class CudaDnn : IDisposable
{
    private readonly CudaDevice _device;
    private readonly Lock _lock = new();
    private readonly Dictionary<CudaConvolutionProblem, CudaConvolutionEngines> _engines = [];
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

    /// <returns>Whether there is an engine of a rank, which is asked for once and kept.</returns>
    /// <param name="problem">Kind, types and geometry.</param>
    /// <param name="rank">See <see cref="Convolve"/>.</param>
    /// <exception cref="CudaException">cuDNN failed otherwise.</exception>
    internal bool Supports(CudaConvolutionProblem problem, int rank)
    {
        lock (_lock) return EnginesFor(problem).Plan(rank) is not null;
    }

    /// <summary>
    /// Convolves, or makes one of the two gradients; of the three tensors the kind says which is made.
    /// </summary>
    /// <param name="problem">Kind, types and geometry, of single frames where they do not meet.</param>
    /// <param name="rank">Of the engine among <see cref="CudaConvolutionEngines"/>, from 0.</param>
    /// <param name="x">The activations, whose first element counts; none of the three is empty.</param>
    /// <param name="w">The weights.</param>
    /// <param name="y">The result.</param>
    /// <param name="cost">What profiles hold the time against.</param>
    /// <exception cref="CudaException">No engine does it, or it failed.</exception>
    internal void Convolve(CudaConvolutionProblem problem, int rank, Tensor x, Tensor w, Tensor y, LaunchCost cost)
    {
        CudaConvolutionPlan plan = PlanOf(problem, rank);
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
            foreach (CudaConvolutionEngines engines in _engines.Values) engines.Dispose();
            cudnnDestroy(_handle);
        }
    }

    private static string NameOf(CudaConvolutionKind kind) => kind switch
    {
        CudaConvolutionKind.Forward => "cuDNN convolution",
        CudaConvolutionKind.DataGradient => "cuDNN data gradient",
        _ => "cuDNN weight gradient",
    };

    private CudaConvolutionPlan PlanOf(CudaConvolutionProblem problem, int rank)
    {
        lock (_lock)
        {
            CudaConvolutionEngines engines = EnginesFor(problem);
            return engines.Plan(rank) ?? throw engines.Refusal;
        }
    }

    private CudaConvolutionEngines EnginesFor(CudaConvolutionProblem problem)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        _device.MakeCurrent();
        if (_engines.TryGetValue(problem, out CudaConvolutionEngines? known)) return known;
        CudaConvolutionEngines engines = new(_handle, problem);
        _engines.Add(problem, engines);
        return engines;
    }
}
