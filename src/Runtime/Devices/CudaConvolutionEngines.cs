using GenKernels.Runtime.Interop;
using static GenKernels.Runtime.Interop.CuDnn;
using Name = GenKernels.Runtime.Interop.CuDnn.cudnnBackendAttributeName_t;
using Note = GenKernels.Runtime.Interop.CuDnn.cudnnBackendNumericalNote_t;

namespace GenKernels.Runtime;

/// <summary>
/// The cuDNN engines that may run one convolution, in the order of its heuristic: those that are deterministic,
/// accumulate as exactly as this library's own kernels and need no more than a bounded workspace.
/// </summary>
internal sealed class CudaConvolutionEngines : IDisposable
{
    // Some engines for three spatial dimensions ask for more than all tensors of a model.
    private const long MostWorkspaceBytes = 256 << 20;

    // More than there are numerical notes.
    private const int NoteCapacity = 32;

    private readonly CudaConvolutionProblem _problem;
    private readonly CudaConvolutionGraph? _graph;
    private readonly IEnumerator<CudaConvolutionPlan> _others;
    private readonly List<CudaConvolutionPlan> _plans = [];
    private readonly CudaException? _refusal;
    private int _proposed;
    private int _unfaithful;

    /// <exception cref="CudaException">The library failed, other than by not supporting the convolution.</exception>
    internal CudaConvolutionEngines(cudnnHandle_t handle, CudaConvolutionProblem problem)
    {
        _problem = problem;
        try
        {
            _graph = new CudaConvolutionGraph(handle, problem);
            _others = Find(handle, _graph).GetEnumerator();
        }
        catch (CudaException exception) when (IsNotSupported(exception))
        {
            _refusal = exception;
            _others = Enumerable.Empty<CudaConvolutionPlan>().GetEnumerator();
        }
    }

    /// <summary>Why there is no engine, or no further one.</summary>
    internal CudaException Refusal => _refusal ?? NoEngine();

    /// <returns>The plan of the engine of a rank, built on first request; null where there is none.</returns>
    /// <exception cref="CudaException">The library refused a descriptor.</exception>
    internal CudaConvolutionPlan? Plan(int rank)
    {
        while (_plans.Count <= rank && _others.MoveNext()) _plans.Add(_others.Current);
        return rank < _plans.Count ? _plans[rank] : null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _others.Dispose();
        foreach (CudaConvolutionPlan plan in _plans) plan.Dispose();
        _graph?.Dispose();
    }

    /// <returns>Whether an error means that the library does not support the request, not that it failed.</returns>
    private static bool IsNotSupported(CudaException exception) =>
        exception.Code / 1000 == (int)cudnnStatus_t.CUDNN_STATUS_NOT_SUPPORTED / 1000;

    private static Queue<CudaDnnDescriptor> Configurations(CudaConvolutionGraph graph, cudnnBackendHeurMode_t mode)
    {
        const cudnnBackendAttributeType_t descriptor = cudnnBackendAttributeType_t.CUDNN_TYPE_BACKEND_DESCRIPTOR;
        using CudaDnnDescriptor heuristic = new(cudnnBackendDescriptorType_t.CUDNN_BACKEND_ENGINEHEUR_DESCRIPTOR);
        heuristic.Set(Name.CUDNN_ATTR_ENGINEHEUR_OPERATION_GRAPH, graph.Descriptor)
            .Set(Name.CUDNN_ATTR_ENGINEHEUR_MODE, cudnnBackendAttributeType_t.CUDNN_TYPE_HEUR_MODE, mode);
        if (heuristic.TryFinish() != cudnnStatus_t.CUDNN_STATUS_SUCCESS) return [];  // no heuristic for such graphs
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
        return new Queue<CudaDnnDescriptor>(configurations[..Math.Min(filled, count)]);
    }

    private IEnumerable<CudaConvolutionPlan> Find(cudnnHandle_t handle, CudaConvolutionGraph graph)
    {
        cudnnBackendHeurMode_t[] modes =
            [cudnnBackendHeurMode_t.CUDNN_HEUR_MODE_A, cudnnBackendHeurMode_t.CUDNN_HEUR_MODE_FALLBACK];
        foreach (cudnnBackendHeurMode_t mode in modes)
        {
            if (_plans.Count > 0) yield break;  // the fallback would propose the same engines again
            Queue<CudaDnnDescriptor> configurations = Configurations(graph, mode);
            try
            {
                while (configurations.TryPeek(out CudaDnnDescriptor? configuration))
                {
                    CudaConvolutionPlan? plan = TryPlan(handle, configuration);
                    if (plan is null) configuration.Dispose();
                    configurations.Dequeue();
                    if (plan is not null) yield return plan;
                }
            }
            finally
            {
                foreach (CudaDnnDescriptor configuration in configurations) configuration.Dispose();
            }
        }
    }

    private CudaConvolutionPlan? TryPlan(cudnnHandle_t handle, CudaDnnDescriptor configuration)
    {
        _proposed++;
        if (IsFaithful(configuration))
        {
            return CudaConvolutionPlan.TryMake(handle, _problem, configuration, MostWorkspaceBytes);
        }

        _unfaithful++;
        return null;
    }

    /// <returns>Whether an engine is deterministic, and as exact as this library's own kernels.</returns>
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
    /// Winograd transforms of large tiles lose digits even of 32-bit floats, and small tiles those of 16-bit ones;
    /// tensor cores round 32-bit factors.
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

    private CudaException NoEngine()
    {
        const cudnnStatus_t status = cudnnStatus_t.CUDNN_STATUS_NOT_SUPPORTED;
        int refused = _proposed - _unfaithful - _plans.Count;
        return new CudaException(
            $"choosing an engine of cuDNN for {_problem}", (int)status, NameOf(status),
            $"{_proposed} proposed, {_unfaithful} of them not repeatable or not exact enough, {refused} not able or "
            + $"with a workspace of more than {MostWorkspaceBytes >> 20} MiB");
    }
}
