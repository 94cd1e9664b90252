using GenKernels.Kernels.Common;

namespace GenKernels.Kernels.Elementwise;

/// <summary>
/// Launches <c>Geglu.cu</c>: the first half of the channels, each multiplied by GELU of its counterpart in the second
/// half.
/// </summary>
public static class Geglu
{
    private static readonly KernelSource s_source = Source("Elementwise/Geglu.cu");

    /// <param name="x">Values, then gates, <c>[…, 2 C]</c>, floats.</param>
    /// <returns>A new tensor, <c>[…, C]</c>; the caller or its scope disposes it.</returns>
    /// <exception cref="ShapeException">The size of the last axis of <paramref name="x"/> is odd.</exception>
    public static Tensor Forward(Tensor x)
    {
        Check(x);

        Tensor y = Tensor.Empty(x.Shape.With(x.Shape.Rank - 1, x.Shape[^1] / 2), x.Type, x.Device);
        if (y.ElementCount == 0) return y;
        RowTiling tiling = new(y.ElementCount / y.Shape[^1], y.Shape[^1], PackWidths.For(y, x));
        Kernel kernel = x.Device.Load(s_source, x.Type).Kernel("Geglu");
        kernel.Launch(
            tiling.Shape(x.Device) with { Cost = LaunchCost.Of(x, y) }, x, y, KernelArgument.Structure(ref tiling));
        return y;
    }

    /// <param name="x">The input of <see cref="Forward"/>.</param>
    /// <param name="dy">The upstream gradient, <c>[…, C]</c>.</param>
    /// <returns>The gradient of <paramref name="x"/>, of its shape; the caller or its scope disposes it.</returns>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    public static Tensor Gradient(Tensor x, Tensor dy)
    {
        Check(x);
        Require.SameKind(x, dy);
        Require.Shape(dy, x.Shape.With(x.Shape.Rank - 1, x.Shape[^1] / 2).AsSpan());

        Tensor dx = Tensor.Empty(x.Shape, x.Type, x.Device);
        if (dx.ElementCount == 0) return dx;
        RowTiling tiling = new(dy.ElementCount / dy.Shape[^1], dy.Shape[^1], PackWidths.For(dy, x, dx));
        Kernel kernel = x.Device.Load(s_source, x.Type).Kernel("GegluGradient");
        kernel.Launch(
            tiling.Shape(x.Device) with { Cost = LaunchCost.Of(x, dy, dx) }, x, dy, dx,
            KernelArgument.Structure(ref tiling));
        return dx;
    }

    private static void Check(Tensor x)
    {
        Require.Float(x);
        Require.That(
            x.Shape.Rank > 0 && x.Shape[^1] % 2 == 0, $"the last axis of x must be even, got shape {x.Shape}");
    }
}
