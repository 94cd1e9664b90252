using GenKernels.Runtime.Interop;
using static GenKernels.Runtime.Interop.CuDnn;
using Name = GenKernels.Runtime.Interop.CuDnn.cudnnBackendAttributeName_t;

namespace GenKernels.Runtime;

/// <summary>A cuDNN execution plan: one engine, configured for one convolution.</summary>
internal sealed class CudaConvolutionPlan : IDisposable
{
    private readonly CudaConvolutionProblem _problem;
    private readonly CudaDnnDescriptor _configuration;
    private readonly CudaDnnDescriptor _plan;
    private bool _disposed;

    private CudaConvolutionPlan(
        CudaConvolutionProblem problem, CudaDnnDescriptor configuration, CudaDnnDescriptor plan, long workspaceBytes)
    {
        _problem = problem;
        _configuration = configuration;
        _plan = plan;
        WorkspaceBytes = workspaceBytes;
    }

    /// <summary>The workspace of a run.</summary>
    internal long WorkspaceBytes { get; }

    /// <returns>
    /// The plan, which takes ownership of the configuration; null where the engine does not support the problem or
    /// needs a larger workspace, and the caller keeps it.
    /// </returns>
    /// <param name="handle">The library's handle.</param>
    /// <param name="problem">The convolution to plan.</param>
    /// <param name="configuration">The engine with its settings.</param>
    /// <param name="mostWorkspaceBytes">The largest workspace of a run.</param>
    internal static CudaConvolutionPlan? TryMake(
        cudnnHandle_t handle, CudaConvolutionProblem problem, CudaDnnDescriptor configuration, long mostWorkspaceBytes)
    {
        CudaDnnDescriptor plan = new(cudnnBackendDescriptorType_t.CUDNN_BACKEND_EXECUTION_PLAN_DESCRIPTOR);
        bool isKept = false;
        try
        {
            plan.Set(Name.CUDNN_ATTR_EXECUTION_PLAN_ENGINE_CONFIG, configuration)
                .Set(Name.CUDNN_ATTR_EXECUTION_PLAN_HANDLE, cudnnBackendAttributeType_t.CUDNN_TYPE_HANDLE, handle);
            if (plan.TryFinish() != cudnnStatus_t.CUDNN_STATUS_SUCCESS) return null;
            Span<long> bytes = [0];
            plan.Get(
                Name.CUDNN_ATTR_EXECUTION_PLAN_WORKSPACE_SIZE, cudnnBackendAttributeType_t.CUDNN_TYPE_INT64, bytes);
            isKept = bytes[0] <= mostWorkspaceBytes;
            return isKept ? new CudaConvolutionPlan(problem, configuration, plan, bytes[0]) : null;
        }
        finally
        {
            if (!isKept) plan.Dispose();
        }
    }

    /// <summary>
    /// Convolves, or computes a gradient: the problem's kind says which of the three tensors is written.
    /// </summary>
    internal void Run(cudnnHandle_t handle, nint x, nint w, nint y, nint workspace)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        using CudaDnnDescriptor pack = new(cudnnBackendDescriptorType_t.CUDNN_BACKEND_VARIANT_PACK_DESCRIPTOR);
        const cudnnBackendAttributeType_t pointer = cudnnBackendAttributeType_t.CUDNN_TYPE_VOID_PTR;
        pack.Set(
                Name.CUDNN_ATTR_VARIANT_PACK_UNIQUE_IDS, CudaConvolutionGraph.IdOfX, CudaConvolutionGraph.IdOfW,
                CudaConvolutionGraph.IdOfY)
            .Set(Name.CUDNN_ATTR_VARIANT_PACK_DATA_POINTERS, pointer, x, w, y)
            .Set(Name.CUDNN_ATTR_VARIANT_PACK_WORKSPACE, pointer, workspace)
            .Finish($"the arguments: {_problem}");
        cudnnBackendExecute(handle, _plan.Handle, pack.Handle).ThrowIfFailed($"cudnnBackendExecute of {_problem}");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _plan.Dispose();
        _configuration.Dispose();
        _disposed = true;
    }
}
