namespace GenKernels.Runtime;

/// <summary>
/// A step whose inputs change from call to call: it is recorded once per set of input shapes, and replayed with the
/// inputs copied to where the recording reads them.
/// </summary>
/// <remarks>For one thread at a time.</remarks>
public sealed class RecordedSteps : IDisposable
{
    private readonly Device _device;
    private readonly StepArena? _arena;
    private readonly List<(Tensor?[] Inputs, int Variant, RecordedStep Step)> _recorded = [];

    /// <param name="device">The device that the step runs on.</param>
    /// <param name="arena">An arena shared with other steps; by default each recording has its own.</param>
    public RecordedSteps(Device device, StepArena? arena = null) => (_device, _arena) = (device, arena);

    /// <summary>The recordings so far, in the order in which they were made.</summary>
    public IEnumerable<RecordedStep> Recorded => _recorded.Select(entry => entry.Step);

    /// <summary>Replays the step on inputs, recording it first where their shapes are new.</summary>
    /// <param name="inputs">
    /// The tensors that change from call to call, which are copied; null where the step is not given one.
    /// </param>
    /// <param name="step">
    /// The step's code, called with tensors of the inputs' shapes and types in the same order, and only where these are
    /// met for the first time; see <see cref="RecordedStep.Record"/>.
    /// </param>
    /// <param name="variant">
    /// A number that the step depends on besides the shapes; each value has its own recordings.
    /// </param>
    /// <exception cref="RecordingException">The step did something that cannot be recorded.</exception>
    public void Run(ReadOnlySpan<Tensor?> inputs, Action<Tensor?[]> step, int variant = 0)
    {
        int found = Find(inputs, variant);
        if (found < 0)
        {
            found = _recorded.Count;
            _recorded.Add(Record(inputs, step, variant));
        }

        (Tensor?[] places, _, RecordedStep recorded) = _recorded[found];
        for (int index = 0; index < places.Length; index++) places[index]?.CopyFrom(inputs[index]!);
        recorded.Replay();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach ((Tensor?[] inputs, _, RecordedStep step) in _recorded)
        {
            step.Dispose();
            foreach (Tensor? input in inputs) input?.Dispose();
        }

        _recorded.Clear();
    }

    private int Find(ReadOnlySpan<Tensor?> inputs, int variant)
    {
        for (int entry = 0; entry < _recorded.Count; entry++)
        {
            if (_recorded[entry].Variant == variant && Fits(_recorded[entry].Inputs, inputs)) return entry;
        }

        return -1;
    }

    private static bool Fits(Tensor?[] places, ReadOnlySpan<Tensor?> inputs)
    {
        if (places.Length != inputs.Length) return false;
        for (int index = 0; index < inputs.Length; index++)
        {
            (Tensor? place, Tensor? input) = (places[index], inputs[index]);
            if (place?.Shape != input?.Shape || place?.Type != input?.Type) return false;
        }

        return true;
    }

    private (Tensor?[] Inputs, int Variant, RecordedStep Step) Record(
        ReadOnlySpan<Tensor?> inputs, Action<Tensor?[]> step, int variant)
    {
        Tensor?[] places = new Tensor?[inputs.Length];
        try
        {
            for (int index = 0; index < places.Length; index++)
            {
                if (inputs[index] is not { } input) continue;
                places[index] = Tensor.Empty(input.Shape, input.Type, _device).Unscoped();
            }

            return (places, variant, RecordedStep.Record(_device, () => step(places), _arena));
        }
        catch
        {
            foreach (Tensor? place in places) place?.Dispose();
            throw;
        }
    }
}
