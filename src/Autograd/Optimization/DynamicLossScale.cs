using GenKernels.Kernels.Optimization;

namespace GenKernels.Autograd;

/// <summary>
/// Dynamic loss scaling: the factor that keeps 16-bit gradients from underflowing, with the decisions which steps to
/// skip because a gradient overflowed, and how the factor changes. All state is in device memory, so that a recorded
/// step needs nothing from the host.
/// </summary>
/// <remarks>
/// A step is: <see cref="Apply"/> to the loss, its gradients into the arenas, <see cref="Check"/> of every arena, the
/// steps of the optimizers that were made with this scale, <see cref="Update"/>. Source: Micikevicius et al. 2018,
/// Mixed Precision Training, section 3.2.
/// </remarks>
public sealed class DynamicLossScale : IDisposable
{
    /// <param name="device">The device of the losses.</param>
    /// <param name="options">The hyperparameters; those for 16-bit floats by default.</param>
    /// <exception cref="ArgumentException">A constant is out of its range.</exception>
    public DynamicLossScale(Device device, LossScaleOptions? options = null)
    {
        Options = options ?? new LossScaleOptions();
        State = Tensor.From(LossScale.Start(Options), [LossScale.Length], device).Unscoped();
    }

    /// <summary>The hyperparameters.</summary>
    public LossScaleOptions Options { get; }

    /// <summary>The factor, read from the device after all earlier work.</summary>
    public float Value => State.ToArray<float>()[0];

    /// <summary>Steps whose gradients were not finite, read from the device likewise.</summary>
    public long SkippedCount => (long)State.ToArray<float>()[3];

    /// <summary>The state of <see cref="LossScale"/>, <c>[4]</c>.</summary>
    internal Tensor State { get; }

    /// <returns>The loss times the factor that the device holds when the launch runs.</returns>
    /// <param name="loss">Float32, any shape.</param>
    public Variable Apply(Variable loss) => loss * new Variable(State.Part(0, []));

    /// <summary>
    /// Records in the state whether the gradients of an arena are finite; several arenas may share a scale.
    /// </summary>
    /// <param name="arena">The arena, after its gradients were accumulated.</param>
    public void Check(ParameterArena arena) => LossScale.Check(arena.Gradient, State);

    /// <summary>Ends a step: the factor grows, shrinks or stays.</summary>
    public void Update() => LossScale.Update(Options, State);

    /// <returns>The state, from which training resumes bit for bit.</returns>
    public IReadOnlyList<StateEntry> WriteState() => [Slot().ToEntry()];

    /// <summary>Sets the state. Nothing is set unless everything fits.</summary>
    /// <param name="entries">Entries from <see cref="WriteState"/>.</param>
    /// <exception cref="StateDictException">The entries do not fit a loss scale.</exception>
    public void LoadState(IEnumerable<StateEntry> entries) =>
        StateDict.Load(nameof(DynamicLossScale), [Slot()], entries, strict: true);

    /// <summary>Frees the state.</summary>
    public void Dispose() => State.Dispose();

    private StateSlot Slot() => StateSlot.Of("loss_scale", State, StateLayout.Identity(State.Shape));
}
