using GenKernels.Runtime;

namespace GenKernels.Train.Runs;

/// <summary>The input of a recorded training step, which changes from one replay to the next.</summary>
/// <typeparam name="T">The implementing type.</typeparam>
public interface IStepInput<T>
{
    /// <summary>All its tensors, always in the same number and order; null for those left out.</summary>
    public IReadOnlyList<Tensor?> Tensors { get; }

    /// <summary>A number that the step depends on, besides the shapes.</summary>
    public int Variant { get; }

    /// <returns>A copy with other tensors.</returns>
    /// <param name="tensors">In the order of <see cref="Tensors"/>.</param>
    public T With(ReadOnlySpan<Tensor?> tensors);
}
