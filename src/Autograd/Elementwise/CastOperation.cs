namespace GenKernels.Autograd;

/// <summary>Conversion to another element type.</summary>
public static class CastOperation
{
    /// <inheritdoc cref="Kernels.Elementwise.Cast.Forward"/>
    /// <remarks>dx = scale g in the type of x.</remarks>
    public static Variable Cast(this Variable x, ElementType type, float scale = 1) => x.Type == type && scale == 1
        ? x
        : Variable.FromOperation(
            nameof(Cast), Kernels.Elementwise.Cast.Forward(x.Value, type, scale), [x],
            (_, g) => [g.Cast(x.Type, scale)]);
}
