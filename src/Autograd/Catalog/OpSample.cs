namespace GenKernels.Autograd;

/// <summary>An operation with inputs on which the generic tests run it.</summary>
/// <param name="Name">Of the operation and what is special about the inputs.</param>
/// <param name="Shapes">Of the inputs, in order.</param>
/// <param name="Apply">From the inputs to the result.</param>
/// <param name="Order">Up to which its derivatives are checked: 2 unless a derivative vanishes or jumps.</param>
/// <param name="Positive">Whether the inputs must be positive, as those of a logarithm.</param>
public sealed record OpSample(
    string Name, Shape[] Shapes, Func<Variable[], Variable> Apply, int Order = 2, bool Positive = false)
{
    /// <inheritdoc/>
    public override string ToString() => Name;
}
