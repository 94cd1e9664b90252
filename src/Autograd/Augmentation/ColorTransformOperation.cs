using Transform = GenKernels.Kernels.Augmentation.ColorTransform;

namespace GenKernels.Autograd;

/// <summary>Transforms the colours of every pixel by an affine map, one per sample.</summary>
public static class ColorTransformOperation
{
    /// <summary>Differentiable to any order.</summary>
    /// <param name="x">Pictures or clips, <c>[N, …, 3]</c>, floats.</param>
    /// <param name="matrix">
    /// One map per sample, <c>[N, 3, 4]</c>, or <c>[N, 4, 4]</c> whose last row is not read: a 3 x 3 matrix, and a last
    /// column that is added; 64-bit floats where the pictures are, else 32-bit floats.
    /// </param>
    /// <returns>Of the shape and type of <paramref name="x"/>.</returns>
    /// <exception cref="ShapeException">A shape or type does not fit.</exception>
    /// <remarks>With y = A x + b: dx = Aᵀ g, dA = sum of g xᵀ, db = sum of g.</remarks>
    public static Variable ColorTransform(this Variable x, Variable matrix) => x.Transformed(matrix, false, false);

    private static Variable Transformed(this Variable x, Variable matrix, bool linear, bool transposed)
    {
        Tensor value = Transform.Forward(x.Value, matrix.Value, linear, transposed);
        return Variable.FromOperation(nameof(ColorTransform), value, [x, matrix], (_, g, needed) =>
        [
            needed[0] ? g.Transformed(matrix, linear: true, !transposed) : null,
            needed[1] ? MatrixGradient(x, g, matrix, linear, transposed) : null,
        ]);
    }

    private static Variable MatrixGradient(Variable x, Variable g, Variable matrix, bool linear, bool transposed)
    {
        Shape pixels = [x.Shape[0], Require.Product(x.Value, 1, x.Shape.Rank - 1, nameof(x)), 3];
        (Variable left, Variable right) = (g.Reshape(pixels).Cast(matrix.Type), x.Reshape(pixels).Cast(matrix.Type));
        Variable product = transposed
            ? right.BatchMatMul(left, transposeX: true)
            : left.BatchMatMul(right, transposeX: true);                              // [N, 3, 3]
        Variable dm = linear
            ? product.Window(2, 0, 4)
            : Variable.Concatenate([product, left.Sum(1).Permute(0, 2, 1)], 2);       // [N, 3, 4]
        return dm.Window(1, 0, matrix.Shape[1]);
    }
}
