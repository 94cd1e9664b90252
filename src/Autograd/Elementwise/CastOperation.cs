namespace GenKernels.Autograd;

/// <summary>Conversion to another element type.</summary>
public static class CastOperation
{
    /// <inheritdoc cref="Kernels.Elementwise.Cast.Forward"/>
    /// <remarks>dx = g in the type of x.</remarks>
    public static Variable Cast(this Variable x, ElementType type) => x.Type == type
        ? x
        : Variable.FromOperation(
            nameof(Cast), Kernels.Elementwise.Cast.Forward(x.Value, type), [x], (_, g) => [g.Cast(x.Type)]);
}
