using GenKernels.Runtime;

namespace GenKernels.Train.Runs;

/// <summary>What a recorded step of training is given anew each time.</summary>
/// <typeparam name="T">The type that has this interface.</typeparam>
public interface IStepInput<T>
{
    /// <summary>All tensors of it, always in the same order and number; null where one is left out.</summary>
    public IReadOnlyList<Tensor?> Tensors { get; }

    /// <summary>A number that the step depends on beside the shapes.</summary>
    public int Variant { get; }

    /// <returns>The same with other tensors.</returns>
    /// <param name="tensors">In the order of <see cref="Tensors"/>.</param>
    public T With(ReadOnlySpan<Tensor?> tensors);
}
