using GenKernels.Runtime.Interop;
using static GenKernels.Runtime.Interop.CudaDriver;

namespace GenKernels.Runtime;

/// <summary>
/// A CUDA graph: launches captured once and replayed as one, the same kernels with the same arguments.
/// </summary>
public sealed unsafe class CudaGraph : IDisposable
{
    private readonly CudaDevice _device;
    private readonly int _launchCount;
    private nint _executable;

    internal CudaGraph(CudaDevice device, CUgraph graph, int launchCount)
    {
        (_device, _launchCount) = (device, launchCount);
        CUgraphExec executable;
        cuGraphInstantiateWithFlags(&executable, graph, 0).ThrowIfFailed();
        _executable = executable.Value;
    }

    /// <summary>Enqueues the captured work on the device's stream; its tensors must still be alive.</summary>
    /// <exception cref="ObjectDisposedException">The graph or its device was disposed.</exception>
    /// <exception cref="LaunchException">The driver refused it, or earlier work failed.</exception>
    public void Launch()
    {
        ObjectDisposedException.ThrowIf(_executable == 0, this);
        _device.MakeCurrent();
        _device.Check(cuGraphLaunch(new CUgraphExec(_executable), _device.Stream));
        _device.CountLaunches(_launchCount);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        nint executable = Interlocked.Exchange(ref _executable, 0);
        if (executable != 0 && _device.TryMakeCurrent()) cuGraphExecDestroy(new CUgraphExec(executable));
    }
}
