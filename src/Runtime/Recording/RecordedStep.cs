namespace GenKernels.Runtime;

/// <summary>
/// A step's work on a device, recorded once and replayed any number of times: on a GPU as one graph launch, on the CPU
/// as a list of launches. The step's temporary buffers share one arena, each from its first use to its last.
/// </summary>
/// <remarks>
/// The step's code runs once, when it is recorded, and computes nothing then: the first replay gives the first values.
/// A replay reads what outside tensors hold at that time, so inputs, learning rates and the states of random generators
/// are changed between replays by copying into the same tensors. Tensors that the step takes out of its scope
/// (<see cref="Tensor.Unscoped"/>) are results: they keep their memory, every replay overwrites it, and the caller
/// disposes them. All memory that the step uses lives as long as the recorded step, except memory that it knows by bare
/// address only. A replay allocates no managed memory.
/// </remarks>
public sealed class RecordedStep : IDisposable
{
    private readonly StepArena _arena;
    private readonly bool _ownsArena;
    private readonly RecordedWork[] _work;
    private readonly TracedBuffer[] _buffers;
    private readonly DeviceBuffer[] _held;
    private DeviceBuffer? _boundTo;
    private CudaGraph? _graph;
    private bool _isBound;
    private int _isDisposed;

    private RecordedStep(
        Device device, (RecordedWork[] Work, TracedBuffer[] Buffers, DeviceBuffer[] Held) recorded, StepArena? arena)
    {
        Device = device;
        (_work, _buffers, _held) = recorded;
        Plan = MemoryPlanner.Plan(_work, _buffers);
        LaunchCount = _work.Count(work => work is RecordedLaunch);
        _ownsArena = arena is null;
        _arena = arena ?? new StepArena(device);
    }

    /// <summary>The device that it runs on.</summary>
    public Device Device { get; }

    /// <summary>The places of its buffers in the arena, and their lifetimes.</summary>
    public MemoryPlan Plan { get; }

    /// <summary>The number of kernels that a replay launches.</summary>
    public int LaunchCount { get; }

    /// <summary>Runs a step's code to record its work on a device, without running that work.</summary>
    /// <param name="device">The device that the step uses.</param>
    /// <param name="step">
    /// The step's code; it must neither read values back nor copy values to the device. Tensors that it makes and does
    /// not take out of its scope are temporary.
    /// </param>
    /// <param name="arena">An arena shared with other steps; by default the step has its own.</param>
    /// <returns>The recorded step; the caller disposes it, before a shared arena.</returns>
    /// <exception cref="RecordingException">
    /// The step did something that cannot be recorded, or the calling thread is recording another.
    /// </exception>
    public static RecordedStep Record(Device device, Action step, StepArena? arena = null)
    {
        StepRecorder recorder = new(device);
        device.BeginRecording(recorder);
        bool isDone = false;
        try
        {
            using (device.Scope()) step();
            RecordedStep recorded = new(device, recorder.Finish(), arena);
            isDone = true;
            return recorded;
        }
        finally
        {
            device.EndRecording();
            if (!isDone) recorder.Abandon();
        }
    }

    /// <summary>Runs the recorded work.</summary>
    /// <exception cref="RecordingException">
    /// Another thread is replaying a step of the same arena, or the calling thread is recording one.
    /// </exception>
    /// <exception cref="LaunchException">A kernel failed.</exception>
    /// <exception cref="OutOfDeviceMemoryException">There is no room for the arena.</exception>
    public void Replay()
    {
        ObjectDisposedException.ThrowIf(_isDisposed != 0 || Device.IsDisposed, this);
        if (Device.Recorder is not null)
        {
            throw new RecordingException(
                $"{Device}: a recorded step cannot be replayed within the recording of another");
        }

        _arena.Enter(Plan.ArenaBytes);
        try
        {
            if (!_isBound || _boundTo != _arena.Buffer) Bind();
            if (_graph is null) RunAll();
            else _graph.Launch();
        }
        finally
        {
            _arena.Leave();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0) return;
        _graph?.Dispose();
        if (_ownsArena) _arena.Dispose();
        foreach (DeviceBuffer buffer in _held) buffer.Release();
    }

    /// <summary>
    /// Updates the addresses in all work after the arena moved; on a GPU captures the work in a graph.
    /// </summary>
    private void Bind()
    {
        _graph?.Dispose();
        _graph = null;
        foreach (TracedBuffer buffer in _buffers) buffer.Bind(_arena.Buffer);
        foreach (RecordedWork work in _work) work.Bind();
        _graph = Device.Capture(RunAll);
        (_boundTo, _isBound) = (_arena.Buffer, true);
    }

    private void RunAll()
    {
        foreach (RecordedWork work in _work) work.Run(Device);
    }
}
