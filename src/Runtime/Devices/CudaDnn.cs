using GenKernels.Runtime.Interop;
using static GenKernels.Runtime.Interop.CuDnn;

namespace GenKernels.Runtime;

/// <summary>The convolutions of one GPU by cuDNN 9, on the device's stream; tensors are channels-last.</summary>
/// <remarks>
/// The same convolution by the engine of the same rank gives the same bits. It can be recorded, and captured in a
/// graph; its workspace is an ordinary tensor.
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

        // cuDNN loads cuBLASLt by its bare name, which the loader resolves once it is loaded from its path.
        _ = NativeLibraries.CuBlasLt.IsFound;
        device.MakeCurrent();
        cudnnHandle_t handle;
        cudnnCreate(&handle).ThrowIfFailed();
        _handle = handle;
    }

    /// <returns>Whether there is an engine of a rank; the answer is cached.</returns>
    /// <param name="problem">Kind, types and geometry.</param>
    /// <param name="rank">See <see cref="Convolve"/>.</param>
    /// <exception cref="CudaException">cuDNN failed, other than by not supporting it.</exception>
    internal bool Supports(CudaConvolutionProblem problem, int rank)
    {
        lock (_lock) return EnginesFor(problem).Plan(rank) is not null;
    }

    /// <summary>
    /// Convolves, or computes one of the two gradients: the problem's kind says which of the three tensors is written.
    /// </summary>
    /// <param name="problem">Kind, types and geometry; see <see cref="CudaConvolutionShape.OfFrames"/>.</param>
    /// <param name="rank">The engine's index in <see cref="CudaConvolutionEngines"/>, from 0.</param>
    /// <param name="x">
    /// The activations, or their gradient. No tensor is empty; shapes are those of the problem, whatever the tensors'.
    /// </param>
    /// <param name="w">The weights, or their gradient.</param>
    /// <param name="y">The result, or its gradient.</param>
    /// <param name="cost">The least work, which profiles compare the time with.</param>
    /// <exception cref="CudaException">There is no engine of that rank, or it failed.</exception>
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
