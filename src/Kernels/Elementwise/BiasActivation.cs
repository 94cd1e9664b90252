using GenKernels.Kernels.Common;

namespace GenKernels.Kernels.Elementwise;

/// <summary>
/// Launches <c>BiasActivation.cu</c>: bias, activation, gain and clamp in one pass, and their derivatives.
/// </summary>
public static class BiasActivation
{
    /// <summary>The highest order of derivative that has a kernel.</summary>
    public const int HighestOrder = 3;

    private static readonly string[] s_variants = [.. Variants()];
    private static readonly KernelSource s_source = Source("Elementwise/BiasActivation.cu", s_variants);

    /// <param name="x">Activations, <c>[…, C]</c>.</param>
    /// <param name="bias">Added first, <c>[C]</c>; or null.</param>
    /// <param name="options">Activation, slope, gain and clamp.</param>
    /// <param name="order">
    /// 0 for the value, k for the k-th derivative times <paramref name="other"/>; at most <see cref="HighestOrder"/>.
    /// </param>
    /// <param name="other">
    /// Of the shape of <paramref name="x"/>: multiplies the derivative; in order 0 it is added to the value, and may be
    /// null.
    /// </param>
    /// <returns>A new tensor of the shape of <paramref name="x"/>; the caller or its scope disposes it.</returns>
    /// <exception cref="ShapeException">The shapes do not fit, or there is no such order.</exception>
    /// <exception cref="ArgumentNullException">
    /// <paramref name="order"/> is positive and <paramref name="other"/> is null.
    /// </exception>
    public static Tensor Forward(
        Tensor x, Tensor? bias, BiasActivationOptions options, int order = 0, Tensor? other = null)
    {
        Require.Float(x);
        Require.That(x.Shape.Rank > 0, $"x must have an axis, got shape {x.Shape}");
        Require.That(order is >= 0 and <= HighestOrder, $"derivatives go up to order {HighestOrder}, got {order}");
        if (bias is not null) Require.Shape(bias, [x.Shape[^1]]);
        if (bias is not null) Require.SameKind(x, bias);
        if (order > 0) ArgumentNullException.ThrowIfNull(other);
        if (other is not null) Require.Same(x, other);

        Tensor y = Tensor.Empty(x.Shape, x.Type, x.Device);
        if (y.ElementCount == 0) return y;
        int rowLength = bias is null && x.ElementCount <= int.MaxValue ? (int)x.ElementCount : x.Shape[^1];
        RowTiling tiling = new(x.ElementCount / rowLength, rowLength, PackWidths.For(rowLength, x, bias, other, y));
        string variant = s_variants[((int)options.Activation * (HighestOrder + 1)) + order];
        Kernel kernel = x.Device.Load(s_source, x.Type, variant).Kernel("BiasActivation");
        kernel.Launch(
            tiling.Shape(x.Device) with { Cost = LaunchCost.Of(x, bias, other, y) }, x, bias, other, y,
            KernelArgument.Structure(ref tiling), options.Slope, options.Gain, options.Clamp);
        return y;
    }

    private static IEnumerable<string> Variants() =>
        from activation in Enum.GetNames<Activation>()
        from order in Enumerable.Range(0, HighestOrder + 1)
        select $"Activation={activation};Order={order}";
}
