using GenKernels.Runtime.Interop;
using static GenKernels.Runtime.Interop.CudaDriver;

namespace GenKernels.Runtime;

// Captures of launches. Each goes to a stream of its own, so that what other threads launch meanwhile runs.
public sealed unsafe partial class CudaDevice
{
    private readonly ThreadLocal<CUstream> _capture = new();
    private readonly ThreadLocal<int> _capturedLaunches = new();

    internal override bool IsCapturing => _capture.Value != default;

    /// <summary>
    /// Captures what this thread launches from now on instead of running it, until <see cref="EndCapture"/>.
    /// </summary>
    /// <remarks>
    /// Meanwhile memory may come from the pool's cache only, and nothing may wait for the device: run the step once
    /// before.
    /// </remarks>
    public void BeginCapture()
    {
        MakeCurrent();
        CUstream stream;
        cuStreamCreate(&stream, CUstream_flags.NON_BLOCKING).ThrowIfFailed();
        CUresult status = cuStreamBeginCapture_v2(stream, CUstreamCaptureMode.THREAD_LOCAL);
        if (status != CUresult.CUDA_SUCCESS) cuStreamDestroy_v2(stream);
        status.ThrowIfFailed("cuStreamBeginCapture_v2(stream, CUstreamCaptureMode.THREAD_LOCAL)");
        (_capture.Value, _capturedLaunches.Value) = (stream, 0);
    }

    /// <returns>What was launched since <see cref="BeginCapture"/>, to be repeated; the caller disposes it.</returns>
    public CudaGraph EndCapture()
    {
        MakeCurrent();
        CUgraph graph;
        TakeCapture(&graph).ThrowIfFailed("cuStreamEndCapture(stream, &graph)");
        try
        {
            return new CudaGraph(this, graph, _capturedLaunches.Value);
        }
        finally
        {
            cuGraphDestroy(graph);
        }
    }

    /// <remarks>What is captured counts whenever it is replayed.</remarks>
    internal override void CountLaunches(int count)
    {
        if (IsCapturing) _capturedLaunches.Value += count;
        else base.CountLaunches(count);
    }

    /// <remarks>Where every kernel is to answer for itself, nothing is captured.</remarks>
    internal override CudaGraph? Capture(Action work)
    {
        if (_synchronous) return null;
        BeginCapture();
        bool isDone = false;
        try
        {
            work();
            isDone = true;
        }
        finally
        {
            if (!isDone) AbandonCapture();
        }

        return EndCapture();
    }

    /// <summary>Ends a capture that failed; its status says so once more.</summary>
    private void AbandonCapture()
    {
        CUgraph graph = default;
        if (TakeCapture(&graph) == CUresult.CUDA_SUCCESS) cuGraphDestroy(graph);
    }

    /// <summary>Ends this thread's capture, whatever became of it.</summary>
    private CUresult TakeCapture(CUgraph* graph)
    {
        CUstream stream = _capture.Value;
        _capture.Value = default;
        CUresult status = cuStreamEndCapture(stream, graph);
        cuStreamDestroy_v2(stream);
        return status;
    }
}
