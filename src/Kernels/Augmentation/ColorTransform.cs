using GenKernels.Kernels.Common;

namespace GenKernels.Kernels.Augmentation;

/// <summary>Launches <c>ColorTransform.cu</c>: applies an affine map to the colour of every pixel.</summary>
public static class ColorTransform
{
    private static readonly KernelSource s_source = Source("Augmentation/ColorTransform.cu");

    /// <param name="x">Pictures or clips, <c>[N, …, 3]</c>, floats.</param>
    /// <param name="matrix">
    /// One map per sample, <c>[N, 3, 4]</c>, or <c>[N, 4, 4]</c> whose last row is not read: the 3x3 part multiplies,
    /// then the last column is added. Float64 if the pictures are, else Float32.
    /// </param>
    /// <param name="linear">Whether to omit the added column.</param>
    /// <param name="transposed">Whether to multiply by the transposed 3x3 part; only if linear.</param>
    /// <returns>A new tensor of the shape of <paramref name="x"/>; the caller or its scope disposes it.</returns>
    /// <exception cref="ShapeException">A shape or type does not fit.</exception>
    public static Tensor Forward(Tensor x, Tensor matrix, bool linear = false, bool transposed = false)
    {
        Require.Float(x);
        Require.That(
            x.Shape.Rank >= 2 && x.Shape[x.Shape.Rank - 1] == 3, $"pictures must have the shape [N, ..., 3], got {x}");
        Require.That(
            matrix.Shape.Rank == 3 && matrix.Shape[0] == x.Shape[0] && matrix.Shape[1] is 3 or 4
            && matrix.Shape[2] == 4, $"matrix must have the shape [{x.Shape[0]}, 3 or 4, 4], got {matrix.Shape}");
        Require.Kind(matrix, MatrixType(x.Type), x.Device);
        Require.That(linear || !transposed, $"what is transposed has no offset");

        Tensor y = Tensor.Empty(x.Shape, x.Type, x.Device);
        if (y.ElementCount == 0) return y;
        RowTiling tiling = new(x.Shape[0], Require.Product(x, 1, x.Shape.Rank - 1));
        x.Device.Load(s_source, x.Type).Kernel("ColorTransform").Launch(
            tiling.Shape(x.Device) with { Cost = LaunchCost.Of(x, matrix, y) }, x, matrix, y,
            KernelArgument.Structure(ref tiling), matrix.Shape[1] * 4, linear ? 1 : 0, transposed ? 1 : 0);
        return y;
    }

    /// <returns>The element type that matrices must have for pictures of the given type.</returns>
    public static ElementType MatrixType(ElementType type) => type.SumType();
}
