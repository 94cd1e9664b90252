using GenKernels.Kernels.Common;

namespace GenKernels.Kernels.Normalization;

/// <summary>Launches <c>Softmax.cu</c>: softmax or log-softmax of every row, and the gradients.</summary>
public static class Softmax
{
    private static readonly KernelSource s_source = OpenSource(
        "Normalization/Softmax.cu", AllFloats,
        [.. WarpRow.Examples.SelectMany(row => new[] { $"{row};IsLogarithm=0", $"{row};IsLogarithm=1" })]);

    /// <param name="x">Logits, <c>[…, C]</c>, floats; rows run along the last axis.</param>
    /// <param name="isLogarithm">Whether to compute log-softmax.</param>
    /// <returns>A new tensor of the shape of <paramref name="x"/>; the caller or its scope disposes it.</returns>
    /// <exception cref="ShapeException"><paramref name="x"/> is a scalar.</exception>
    public static Tensor Forward(Tensor x, bool isLogarithm = false)
    {
        Require.Float(x);
        Require.That(x.Shape.Rank > 0, $"x must have an axis, got shape {x.Shape}");

        Tensor y = Tensor.Empty(x.Shape, x.Type, x.Device);
        if (y.ElementCount == 0) return y;
        long rows = x.ElementCount / x.Shape[^1];
        WarpRow row = WarpRow.Of(x, y);
        Kernel kernel = x.Device.Load(s_source, x.Type, Variant(row, isLogarithm)).Kernel("Softmax");
        kernel.Launch(row.Shape(x.Device, rows) with { Cost = LaunchCost.Of(x, y) }, x, y, rows, x.Shape[^1]);
        return y;
    }

    /// <param name="y">The result of <see cref="Forward"/>, <c>[…, C]</c>, floats.</param>
    /// <param name="dy">The upstream gradient, of the shape of <paramref name="y"/>.</param>
    /// <param name="isLogarithm">As in the forward pass.</param>
    /// <returns>
    /// The gradient of the logits, of the shape of <paramref name="y"/>; the caller or its scope disposes it.
    /// </returns>
    /// <exception cref="ShapeException">The shapes differ.</exception>
    public static Tensor Gradient(Tensor y, Tensor dy, bool isLogarithm = false)
    {
        Require.Float(y);
        Require.Same(y, dy);
        Require.That(y.Shape.Rank > 0, $"y must have an axis, got shape {y.Shape}");

        Tensor dx = Tensor.Empty(y.Shape, y.Type, y.Device);
        if (dx.ElementCount == 0) return dx;
        long rows = y.ElementCount / y.Shape[^1];
        WarpRow row = WarpRow.Of(y, dy, dx);
        Kernel kernel = y.Device.Load(s_source, y.Type, Variant(row, isLogarithm)).Kernel("SoftmaxGradient");
        kernel.Launch(row.Shape(y.Device, rows) with { Cost = LaunchCost.Of(y, dy, dx) }, y, dy, dx, rows, y.Shape[^1]);
        return dx;
    }

    private static string Variant(WarpRow row, bool isLogarithm) => $"{row};IsLogarithm={(isLogarithm ? 1 : 0)}";
}
