using GenKernels.Autograd;
using GenKernels.Runtime;

namespace GenKernels.Train.Runs;

/// <summary>
/// One kind of update of a network: the gradients of a batch, part by part, then the optimizer's step. A part's work is
/// recorded when the first part of its kind comes, and replayed from then on. The first part's gradients replace those
/// of the update before, and the optimizer's step belongs to the last part: an update by an undivided batch is one
/// replay, on a GPU one launch, after the copies of its inputs and of the step's rates.
/// </summary>
/// <param name="network">Name of the updated network in logs.</param>
/// <param name="arena">Parameters and gradients of the network.</param>
/// <param name="optimizer">Optimizer of the arena.</param>
/// <param name="memory">Memory of the recordings.</param>
internal sealed class RecordedUpdate(
    string network, ParameterArena arena, AdamOptimizer optimizer, StepArena memory) : IDisposable
{
    private readonly Device _device = arena.Values.Device;
    private readonly RecordedSteps _steps = new(arena.Values.Device, memory);
    private bool _isFirst;

    /// <summary>All recordings so far.</summary>
    internal IEnumerable<RecordedStep> Recorded => _steps.Recorded;

    /// <summary>Name of the updated network in logs.</summary>
    internal string Network => network;

    /// <summary>The optimizer.</summary>
    internal AdamOptimizer Optimizer => optimizer;

    /// <summary>Runs one update.</summary>
    /// <param name="parts">Number of parts of the batch; 0 changes nothing.</param>
    /// <param name="make">Makes the part of an index, from 0, when its turn comes.</param>
    /// <param name="teach">Adds the gradients of a part, through <see cref="Accumulate"/>, at least once.</param>
    /// <param name="afterPart">Reads a part's results before the next part is made.</param>
    /// <param name="learningRate">Learning rate of the step.</param>
    /// <param name="gradientScale">Factor of the gradients, besides the mean over the parts.</param>
    /// <param name="isRecorded">Whether parts are recorded and replayed or run launch by launch.</param>
    internal void Run<T>(
        int parts, Func<int, T> make, Action<T> teach, Action afterPart, double learningRate, double gradientScale,
        bool isRecorded)
        where T : IStepInput<T>
    {
        for (int part = 0; part < parts; part++)
        {
            // A part's inputs and results are freed before the next part begins.
            using TensorScope scope = _device.Scope();
            T input = make(part);
            (bool isFirst, bool isLast) = (part == 0, part == parts - 1);
            if (isLast) optimizer.Prepare(learningRate, gradientScale / parts);
            int variant = (4 * input.Variant) + (isFirst ? 1 : 0) + (isLast ? 2 : 0);
            if (isRecorded) _steps.Run([.. input.Tensors], tensors => Take(input.With(tensors)), variant);
            else Take(input);
            afterPart();

            void Take(T taken)
            {
                _isFirst = isFirst;
                teach(taken);
                if (isLast) Step();
            }
        }
    }

    /// <summary>Adds the gradients of a loss, which is scaled first if the optimizer has a loss scale.</summary>
    internal void Accumulate(Variable loss)
    {
        using DeviceRange range = _device.Range("gradients");
        Variable[] gradients = Gradient.Of(optimizer.LossScale?.Apply(loss) ?? loss, arena.Variables);
        if (_isFirst) arena.Replace(gradients);
        else arena.Accumulate(gradients);
        _isFirst = false;
    }

    /// <inheritdoc/>
    public void Dispose() => _steps.Dispose();

    private void Step()
    {
        optimizer.LossScale?.Check(arena);
        optimizer.Apply();
        optimizer.LossScale?.Update();
    }
}
