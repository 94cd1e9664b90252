using GenKernels.Kernels.Elementwise;

namespace GenKernels.Autograd;

/// <summary>The four arithmetic operations, with broadcasting; differentiable to any order.</summary>
public sealed partial class Variable
{
    /// <remarks>da = db = g, summed over what was broadcast.</remarks>
    public static Variable operator +(Variable a, Variable b) =>
        FromOperation("Add", Binary.Forward(BinaryKind.Add, a.Value, b.Value), [a, b], (_, g, needed) =>
            [needed[0] ? g.SumTo(a.Shape) : null, needed[1] ? g.SumTo(b.Shape) : null]);

    /// <remarks>da = g, db = -g.</remarks>
    public static Variable operator -(Variable a, Variable b) =>
        FromOperation("Subtract", Binary.Forward(BinaryKind.Subtract, a.Value, b.Value), [a, b], (_, g, needed) =>
            [needed[0] ? g.SumTo(a.Shape) : null, needed[1] ? -g.SumTo(b.Shape) : null]);

    /// <remarks>da = g b, db = g a.</remarks>
    public static Variable operator *(Variable a, Variable b) =>
        FromOperation("Multiply", Binary.Forward(BinaryKind.Multiply, a.Value, b.Value), [a, b], (_, g, needed) =>
            [needed[0] ? (g * b).SumTo(a.Shape) : null, needed[1] ? (g * a).SumTo(b.Shape) : null]);

    /// <remarks>da = g / b, db = -g y / b.</remarks>
    public static Variable operator /(Variable a, Variable b) =>
        FromOperation("Divide", Binary.Forward(BinaryKind.Divide, a.Value, b.Value), [a, b], (y, g, needed) =>
            [needed[0] ? (g / b).SumTo(a.Shape) : null, needed[1] ? -(g * y / b).SumTo(b.Shape) : null]);

    /// <summary>1 where the two are equal, else 0; not differentiable.</summary>
    /// <param name="other">Broadcast against this.</param>
    public Variable EqualTo(Variable other) => new(Binary.Forward(BinaryKind.Equal, Value, other.Value));
}
