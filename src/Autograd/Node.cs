namespace GenKernels.Autograd;

/// <summary>
/// One recorded operation. Numbers grow with time, so descending order is a topological order from results to inputs.
/// </summary>
internal sealed class Node(
    string name, Variable[] inputs, Func<Variable, Variable, bool[], Variable?[]> backward, IDisposable[] saved)
{
    private static long s_count;
    private Func<Variable, Variable, bool[], Variable?[]>? _backward = backward;

    internal string Name { get; } = name;

    internal Variable[] Inputs { get; } = inputs;

    internal long Number { get; } = Interlocked.Increment(ref s_count);

    /// <exception cref="InvalidOperationException">
    /// An earlier backward consumed the record, or the operation broke its contract.
    /// </exception>
    internal Variable?[] Backward(Variable output, Variable upstream, bool[] needed)
    {
        if (_backward is null)
        {
            throw new InvalidOperationException(
                $"{Name}: an earlier backward has consumed this record; ask that one to keep it (keepRecord) "
                + "or to be differentiable");
        }

        Variable?[] gradients = _backward(output, upstream, needed);
        if (gradients.Length != Inputs.Length)
        {
            throw new InvalidOperationException(
                $"{Name}: the operation has {Inputs.Length} inputs, its backward gave {gradients.Length} gradients");
        }

        for (int index = 0; index < Inputs.Length; index++)
        {
            if (gradients[index] is { } gradient && gradient.Shape != Inputs[index].Shape)
            {
                throw new InvalidOperationException(
                    $"{Name}: the gradient of input {index} has shape {gradient.Shape}, "
                    + $"the input {Inputs[index].Shape}");
            }
        }

        return gradients;
    }

    /// <summary>Releases what the operation saved for backward.</summary>
    internal void Consume()
    {
        _backward = null;
        foreach (IDisposable each in saved) each.Dispose();
    }
}
