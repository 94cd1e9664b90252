using GenKernels.Runtime.Interop;
using static GenKernels.Runtime.Interop.CuDnn;
using Name = GenKernels.Runtime.Interop.CuDnn.cudnnBackendAttributeName_t;

namespace GenKernels.Runtime;

/// <summary>One engine of cuDNN, ready to do one convolution.</summary>
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

    /// <summary>What a run needs for itself.</summary>
    internal long WorkspaceBytes { get; }

    /// <returns>
    /// The plan, which disposes the configuration from then on; null where the engine is not able, or needs more.
    /// </returns>
    /// <param name="handle">The library's.</param>
    /// <param name="problem">What is convolved.</param>
    /// <param name="configuration">The engine, with all its settings.</param>
    /// <param name="mostWorkspaceBytes">What a run may take.</param>
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

    /// <summary>Convolves; of the three addresses the kind says which is written.</summary>
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
