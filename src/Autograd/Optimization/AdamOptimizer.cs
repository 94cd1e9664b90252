using GenKernels.Kernels.Optimization;

namespace GenKernels.Autograd;

/// <summary>Adam or AdamW over the parameters of an arena.</summary>
/// <remarks>Kingma and Ba 2015, algorithm 1; Loshchilov and Hutter 2019, algorithm 2.</remarks>
public sealed class AdamOptimizer : IDisposable
{
    private readonly ParameterArena _arena;
    private readonly Tensor _firstMoment;
    private readonly Tensor _secondMoment;
    private readonly Tensor _schedule;
    private readonly Tensor _request;
    private readonly Tensor _skipped;

    /// <param name="arena">The parameters and gradients; it must live as long as the optimizer is used.</param>
    /// <param name="options">The hyperparameters.</param>
    /// <param name="lossScale">
    /// Divides the gradients by its factor, and skips steps whose gradients are not finite; it must live as long as the
    /// optimizer is used. Null where losses are not scaled: then no step is skipped, NaNs count as 0 and infinities as
    /// 1e5 of their sign.
    /// </param>
    /// <exception cref="ArgumentException">A constant is out of its range.</exception>
    public AdamOptimizer(ParameterArena arena, AdamOptions options, DynamicLossScale? lossScale = null)
    {
        options.Validate();
        _arena = arena;
        LossScale = lossScale;
        Options = options;
        Device device = arena.Values.Device;
        using TensorScope scope = device.Scope();  // frees what is made here if the rest fails
        _firstMoment = Tensor.Zeros(arena.Values.Shape, ElementType.Float32, device);
        _secondMoment = Tensor.Zeros(arena.Values.Shape, ElementType.Float32, device);
        _schedule = Tensor.Zeros([AdamSchedule.Length], ElementType.Float32, device);
        _request = Tensor.Zeros([AdamSchedule.RequestLength], ElementType.Float64, device);
        _skipped = Tensor.Zeros([1], ElementType.Float64, device);
        foreach (Tensor tensor in State) tensor.Unscoped();
    }

    /// <summary>The hyperparameters.</summary>
    public AdamOptions Options { get; }

    /// <summary>The scale of the losses whose gradients the optimizer takes; null where they are not scaled.</summary>
    public DynamicLossScale? LossScale { get; }

    /// <summary>Steps so far, including skipped ones.</summary>
    public long StepCount { get; private set; }

    /// <summary>Steps skipped so far, read from the device after all earlier work; 0 without a loss scale.</summary>
    public long SkippedCount => LossScale is null ? 0 : (long)_skipped.ToArray<double>()[0];

    /// <summary>One step with the arena's gradients, which are not changed.</summary>
    /// <param name="learningRate">The learning rate of this step, not negative.</param>
    /// <param name="gradientScale">A factor that is applied to the gradients first.</param>
    /// <param name="average">A moving average of the parameters that is updated in the same pass, or null.</param>
    /// <param name="averageBeta">The decay of the average, 0 to 1.</param>
    public void Step(
        double learningRate, double gradientScale = 1, ModuleAverage? average = null, double averageBeta = 0)
    {
        Prepare(learningRate, gradientScale, averageBeta);
        Apply(average);
    }

    /// <summary>
    /// Counts a step and copies its hyperparameters to the device: the half of a step that is not recorded.
    /// </summary>
    /// <inheritdoc cref="Step"/>
    public void Prepare(double learningRate, double gradientScale = 1, double averageBeta = 0)
    {
        StepCount++;
        double averageWeight = 1 - averageBeta;
        if (LossScale is null)
        {
            _schedule.CopyFrom<float>(AdamSchedule.For(Options, StepCount, learningRate, gradientScale, averageWeight));
        }
        else
        {
            _request.CopyFrom<double>([StepCount, learningRate, gradientScale, averageWeight]);
        }
    }

    /// <summary>The launches of a prepared step: the half that may be recorded and replayed.</summary>
    /// <inheritdoc cref="Step"/>
    public void Apply(ModuleAverage? average = null)
    {
        if (LossScale is not null) Adam.Schedule(Options, _request, LossScale.State, _skipped, _schedule);
        Adam.Step(
            Options, _schedule, _arena.Gradient, _arena.Values, _firstMoment, _secondMoment, average?.Arena.Values);
    }

    /// <returns>The number of steps applied and the moments, from which training resumes bit for bit.</returns>
    public IReadOnlyList<StateEntry> WriteState() => [.. Slots().Select(slot => slot.ToEntry())];

    /// <summary>Sets the number of steps and the moments. Nothing is set unless everything fits.</summary>
    /// <param name="entries">Entries from <see cref="WriteState"/>.</param>
    /// <exception cref="StateDictException">The entries do not fit the arena.</exception>
    public void LoadState(IEnumerable<StateEntry> entries) =>
        StateDict.Load(nameof(AdamOptimizer), [.. Slots()], entries, strict: true);

    /// <summary>Frees the optimizer's state.</summary>
    public void Dispose()
    {
        foreach (Tensor tensor in State) tensor.Dispose();
    }

    private Tensor[] State => [_firstMoment, _secondMoment, _schedule, _request, _skipped];

    private IEnumerable<StateSlot> Slots() =>
    [
        new StateSlot(
            "step", ElementType.Int64, StateLayout.Identity([]),
            () => BitConverter.GetBytes(StepCount - SkippedCount), bytes =>
            {
                StepCount = BitConverter.ToInt64(bytes);
                _skipped.CopyFrom<double>([0]);
            }),
        .. _arena.Slots("first_moment.", _firstMoment),
        .. _arena.Slots("second_moment.", _secondMoment),
    ];
}
