namespace GenKernels.Autograd;

/// <summary>An operation with sample inputs for the generic tests.</summary>
/// <param name="Name">The operation, and what is special about the inputs.</param>
/// <param name="Shapes">Shapes of the inputs, in order.</param>
/// <param name="Apply">Maps the inputs to the result.</param>
/// <param name="Order">The highest order of derivatives to check: 2 unless one vanishes or jumps.</param>
/// <param name="Positive">Whether the inputs must be positive, as for a logarithm.</param>
public sealed record OpSample(
    string Name, Shape[] Shapes, Func<Variable[], Variable> Apply, int Order = 2, bool Positive = false)
{
    /// <inheritdoc/>
    public override string ToString() => Name;
}
