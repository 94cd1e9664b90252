namespace GenKernels.Runtime;

/// <summary>
/// A step that is given other inputs each time: it is recorded once for each set of shapes that comes, and replayed
/// with inputs copied to where the recording reads them.
/// </summary>
/// <remarks>For one thread at a time.</remarks>
public sealed class RecordedSteps : IDisposable
{
    private readonly Device _device;
    private readonly StepArena? _arena;
    private readonly List<(Tensor?[] Inputs, int Variant, RecordedStep Step)> _recorded = [];

    /// <param name="device">Where the step runs.</param>
    /// <param name="arena">Shared with other steps; one for each recording by default.</param>
    public RecordedSteps(Device device, StepArena? arena = null) => (_device, _arena) = (device, arena);

    /// <summary>The recordings so far, in the order in which they were made.</summary>
    public IEnumerable<RecordedStep> Recorded => _recorded.Select(entry => entry.Step);

    /// <summary>Runs the step on inputs.</summary>
    /// <param name="inputs">
    /// What the step reads and what changes from call to call; null where there is nothing. They are copied.
    /// </param>
    /// <param name="step">
    /// The step's code, given tensors of the same shapes in the same order; see <see cref="RecordedStep.Record"/>. It
    /// runs only where these shapes come for the first time.
    /// </param>
    /// <param name="variant">A number that the step depends on beside the shapes: each has recordings of its own.
    /// </param>
    /// <exception cref="RecordingException">The step did what cannot be recorded.</exception>
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
