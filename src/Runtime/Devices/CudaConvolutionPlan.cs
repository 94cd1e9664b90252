using GenKernels.Runtime.Interop;
using static GenKernels.Runtime.Interop.CuDnn;
using Name = GenKernels.Runtime.Interop.CuDnn.cudnnBackendAttributeName_t;
using Note = GenKernels.Runtime.Interop.CuDnn.cudnnBackendNumericalNote_t;

namespace GenKernels.Runtime;

/// <summary>
/// How cuDNN does one convolution: the first of the engines that its heuristic proposes which gives the same bits every
/// time, sums as exactly as our own kernels and is content with a bounded workspace.
/// </summary>
internal sealed class CudaConvolutionPlan : IDisposable
{
    // Some engines of three dimensions take more than all tensors of a model; a plan that needs that is none.
    private const long MostWorkspaceBytes = 256 << 20;

    // More than there are.
    private const int NoteCapacity = 32;

    private readonly CudaConvolutionProblem _problem;
    private readonly CudaConvolutionGraph _graph;
    private CudaDnnDescriptor? _configuration;
    private CudaDnnDescriptor? _plan;
    private int _proposed;
    private int _unfaithful;

    /// <exception cref="CudaException">No engine will do, or the library refused a descriptor.</exception>
    internal CudaConvolutionPlan(cudnnHandle_t handle, CudaConvolutionProblem problem)
    {
        _problem = problem;
        _graph = new CudaConvolutionGraph(handle, problem);
        try
        {
            Choose(handle, cudnnBackendHeurMode_t.CUDNN_HEUR_MODE_A);
            if (_plan is null) Choose(handle, cudnnBackendHeurMode_t.CUDNN_HEUR_MODE_FALLBACK);
            if (_plan is null) throw NoEngine();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>What a run needs for itself.</summary>
    internal long WorkspaceBytes { get; private set; }

    /// <summary>Convolves; of the three addresses the kind says which is written.</summary>
    internal void Run(cudnnHandle_t handle, nint x, nint w, nint y, nint workspace)
    {
        ObjectDisposedException.ThrowIf(_plan is null, this);
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
        _plan?.Dispose();
        _configuration?.Dispose();
        _graph.Dispose();
        _plan = null;
    }

    private void Choose(cudnnHandle_t handle, cudnnBackendHeurMode_t mode)
    {
        using CudaDnnDescriptor heuristic = new(cudnnBackendDescriptorType_t.CUDNN_BACKEND_ENGINEHEUR_DESCRIPTOR);
        heuristic.Set(Name.CUDNN_ATTR_ENGINEHEUR_OPERATION_GRAPH, _graph.Descriptor)
            .Set(Name.CUDNN_ATTR_ENGINEHEUR_MODE, cudnnBackendAttributeType_t.CUDNN_TYPE_HEUR_MODE, mode);
        if (heuristic.TryFinish() != cudnnStatus_t.CUDNN_STATUS_SUCCESS) return;  // it knows nothing of such graphs
        CudaDnnDescriptor[] configurations = Configurations(heuristic);
        try
        {
            foreach (CudaDnnDescriptor configuration in configurations)
            {
                _proposed++;
                if (!IsFaithful(configuration)) _unfaithful++;
                else if (TryPlan(handle, configuration)) return;
            }
        }
        finally
        {
            foreach (CudaDnnDescriptor configuration in configurations)
            {
                if (configuration != _configuration) configuration.Dispose();
            }
        }
    }

    private static CudaDnnDescriptor[] Configurations(CudaDnnDescriptor heuristic)
    {
        const cudnnBackendAttributeType_t descriptor = cudnnBackendAttributeType_t.CUDNN_TYPE_BACKEND_DESCRIPTOR;
        int count = heuristic.Get<cudnnBackendDescriptor_t>(Name.CUDNN_ATTR_ENGINEHEUR_RESULTS, descriptor, []);
        CudaDnnDescriptor[] configurations = new CudaDnnDescriptor[count];
        for (int index = 0; index < count; index++)
        {
            configurations[index] = new(cudnnBackendDescriptorType_t.CUDNN_BACKEND_ENGINECFG_DESCRIPTOR);
        }

        if (count == 0) return [];
        cudnnBackendDescriptor_t[] handles = [.. configurations.Select(configuration => configuration.Handle)];
        int filled = heuristic.Get<cudnnBackendDescriptor_t>(Name.CUDNN_ATTR_ENGINEHEUR_RESULTS, descriptor, handles);
        foreach (CudaDnnDescriptor beyond in configurations[Math.Min(filled, count)..]) beyond.Dispose();
        return configurations[..Math.Min(filled, count)];
    }

    /// <returns>Whether an engine gives the same bits every time, and loses no digits that our own kernels keep.
    /// </returns>
    private bool IsFaithful(CudaDnnDescriptor configuration)
    {
        using CudaDnnDescriptor engine = new(cudnnBackendDescriptorType_t.CUDNN_BACKEND_ENGINE_DESCRIPTOR);
        configuration.Get(
            Name.CUDNN_ATTR_ENGINECFG_ENGINE, cudnnBackendAttributeType_t.CUDNN_TYPE_BACKEND_DESCRIPTOR,
            [engine.Handle]);
        Span<Note> notes = stackalloc Note[NoteCapacity];
        int count = engine.Get(
            Name.CUDNN_ATTR_ENGINE_NUMERICAL_NOTE, cudnnBackendAttributeType_t.CUDNN_TYPE_NUMERICAL_NOTE, notes);
        foreach (Note note in notes[..Math.Min(count, NoteCapacity)])
        {
            if (IsExcluded(note)) return false;
        }

        return true;
    }

    /// <remarks>
    /// Transforms of large tiles lose digits of 32-bit floats, as do all transforms of 16-bit ones; on tensor cores
    /// 32-bit factors are rounded.
    /// </remarks>
    private bool IsExcluded(Note note) => note switch
    {
        Note.CUDNN_NUMERICAL_NOTE_NONDETERMINISTIC => true,
        Note.CUDNN_NUMERICAL_NOTE_DOWN_CONVERT_INPUTS => true,
        Note.CUDNN_NUMERICAL_NOTE_REDUCED_PRECISION_REDUCTION => true,
        Note.CUDNN_NUMERICAL_NOTE_FFT => true,
        Note.CUDNN_NUMERICAL_NOTE_WINOGRAD_TILE_6x6 => true,
        Note.CUDNN_NUMERICAL_NOTE_WINOGRAD_TILE_13x13 => true,
        Note.CUDNN_NUMERICAL_NOTE_WINOGRAD => _problem.Type != ElementType.Float32,
        Note.CUDNN_NUMERICAL_NOTE_TENSOR_CORE => _problem.Type == ElementType.Float32 && !_problem.IsRounded,
        _ => false,
    };

    private bool TryPlan(cudnnHandle_t handle, CudaDnnDescriptor configuration)
    {
        CudaDnnDescriptor plan = new(cudnnBackendDescriptorType_t.CUDNN_BACKEND_EXECUTION_PLAN_DESCRIPTOR);
        try
        {
            plan.Set(Name.CUDNN_ATTR_EXECUTION_PLAN_ENGINE_CONFIG, configuration)
                .Set(Name.CUDNN_ATTR_EXECUTION_PLAN_HANDLE, cudnnBackendAttributeType_t.CUDNN_TYPE_HANDLE, handle);
            if (plan.TryFinish() != cudnnStatus_t.CUDNN_STATUS_SUCCESS) return false;
            Span<long> bytes = [0];
            plan.Get(
                Name.CUDNN_ATTR_EXECUTION_PLAN_WORKSPACE_SIZE, cudnnBackendAttributeType_t.CUDNN_TYPE_INT64, bytes);
            if (bytes[0] > MostWorkspaceBytes) return false;
            (_plan, _configuration, WorkspaceBytes) = (plan, configuration, bytes[0]);
            return true;
        }
        finally
        {
            if (_plan != plan) plan.Dispose();
        }
    }

    private CudaException NoEngine()
    {
        const cudnnStatus_t status = cudnnStatus_t.CUDNN_STATUS_NOT_SUPPORTED;
        int refused = _proposed - _unfaithful;
        return new CudaException(
            $"choosing an engine of cuDNN for {_problem}", (int)status, NameOf(status),
            $"{_proposed} proposed, {_unfaithful} of them not repeatable or not exact enough, {refused} not able or "
            + $"with a workspace of more than {MostWorkspaceBytes >> 20} MiB");
    }
}
