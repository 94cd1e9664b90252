using GenKernels.Autograd;
using GenKernels.Runtime;

namespace GenKernels.Train.Runs;

/// <summary>
/// One kind of update of a network: the gradients of a batch, part by part, and the step of the optimizer. What is done
/// with a part is recorded when a part of its kind first comes, and replayed from then on. Clearing the gradients
/// belongs to the first part and the optimizer's step to the last one: an update by a batch that is not divided is one
/// replay, on a GPU one launch, after the copies of its inputs and of the step's rates.
/// </summary>
/// <param name="network">Whose update it is, as logs name it.</param>
/// <param name="arena">Whose gradients are taken.</param>
/// <param name="optimizer">Of the arena.</param>
/// <param name="memory">Where the recordings lie.</param>
internal sealed class RecordedUpdate(
    string network, ParameterArena arena, AdamOptimizer optimizer, StepArena memory) : IDisposable
{
    private readonly Device _device = arena.Values.Device;
    private readonly RecordedSteps _steps = new(arena.Values.Device, memory);

    /// <summary>The recordings so far.</summary>
    internal IEnumerable<RecordedStep> Recorded => _steps.Recorded;

    /// <summary>Whose update it is, as logs name it.</summary>
    internal string Network => network;

    /// <summary>The optimizer.</summary>
    internal AdamOptimizer Optimizer => optimizer;

    /// <summary>Takes one update.</summary>
    /// <param name="parts">Of the batch; none leaves everything as it is.</param>
    /// <param name="make">Makes a part, from 0, when it is its turn.</param>
    /// <param name="teach">Adds the gradients of a part, by <see cref="Accumulate"/>.</param>
    /// <param name="afterPart">Reads what a part leaves, before the next one is made.</param>
    /// <param name="learningRate">Of the step.</param>
    /// <param name="gradientScale">A factor of the gradients, besides the mean over the parts.</param>
    /// <param name="isRecorded">Whether parts are recorded and replayed, or run launch by launch.</param>
    internal void Run<T>(
        int parts, Func<int, T> make, Action<T> teach, Action afterPart, double learningRate, double gradientScale,
        bool isRecorded)
        where T : IStepInput<T>
    {
        for (int part = 0; part < parts; part++)
        {
            // What a part is made from and what it makes are freed before the next begins.
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
                if (isFirst) arena.Clear();
                teach(taken);
                if (isLast) Step();
            }
        }
    }

    /// <summary>Adds the gradients of a loss, which is scaled first where the optimizer expects it.</summary>
    internal void Accumulate(Variable loss)
    {
        using DeviceRange range = _device.Range("gradients");
        arena.Accumulate(Gradient.Of(optimizer.LossScale?.Apply(loss) ?? loss, arena.Variables));
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
