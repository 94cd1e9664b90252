using GenKernels.Runtime.Interop;
using static GenKernels.Runtime.Interop.CudaDriver;

namespace GenKernels.Runtime;

// Stream capture. Each capture has its own stream, so that what other threads launch meanwhile still runs.
public sealed unsafe partial class CudaDevice
{
    private readonly ThreadLocal<CUstream> _capture = new();
    private readonly ThreadLocal<int> _capturedLaunches = new();

    internal override bool IsCapturing => _capture.Value != default;

    /// <summary>Captures this thread's launches instead of running them, until <see cref="EndCapture"/>.</summary>
    /// <remarks>
    /// During a capture memory may come from the pool's cache only, and nothing may synchronise: run the step once
    /// before.
    /// </remarks>
    /// <exception cref="InvalidOperationException">This thread captures already.</exception>
    public void BeginCapture()
    {
        if (IsCapturing) throw new InvalidOperationException($"{Name}: this thread captures already; end that first");
        MakeCurrent();
        CUstream stream;
        cuStreamCreate(&stream, CUstream_flags.NON_BLOCKING).ThrowIfFailed();
        CUresult status = cuStreamBeginCapture_v2(stream, CUstreamCaptureMode.THREAD_LOCAL);
        if (status != CUresult.CUDA_SUCCESS) cuStreamDestroy_v2(stream);
        status.ThrowIfFailed("cuStreamBeginCapture_v2(stream, CUstreamCaptureMode.THREAD_LOCAL)");
        (_capture.Value, _capturedLaunches.Value) = (stream, 0);
    }

    /// <returns>The graph of what was launched since <see cref="BeginCapture"/>; the caller disposes it.</returns>
    /// <exception cref="InvalidOperationException">This thread captures nothing.</exception>
    public CudaGraph EndCapture()
    {
        if (!IsCapturing) throw new InvalidOperationException($"{Name}: this thread captures nothing; begin first");
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

    /// <remarks>Captured launches count at every replay, not at the capture.</remarks>
    internal override void CountLaunches(int count)
    {
        if (IsCapturing) _capturedLaunches.Value += count;
        else base.CountLaunches(count);
    }

    /// <remarks>
    /// With <c>GENKERNELS_SYNCHRONOUS=1</c> nothing is captured, so that every kernel's failure is its own.
    /// </remarks>
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

    /// <summary>Discards the capture after a failure; the status would only repeat that.</summary>
    private void AbandonCapture()
    {
        CUgraph graph = default;
        if (TakeCapture(&graph) == CUresult.CUDA_SUCCESS) cuGraphDestroy(graph);
    }

    /// <summary>Ends this thread's capture, valid or not.</summary>
    private CUresult TakeCapture(CUgraph* graph)
    {
        CUstream stream = _capture.Value;
        _capture.Value = default;
        CUresult status = cuStreamEndCapture(stream, graph);
        cuStreamDestroy_v2(stream);
        return status;
    }
}
