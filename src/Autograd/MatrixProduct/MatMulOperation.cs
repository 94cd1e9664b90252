using GenKernels.Kernels.MatrixProduct;

namespace GenKernels.Autograd;

/// <summary>Matrix products.</summary>
public static class MatMulOperation
{
    /// <summary>
    /// Batched; differentiable to any order, as every gradient is again a product with transposed operands.
    /// </summary>
    /// <remarks>With Y = s op(X) op(W): d op(X) = s G op(W)ᵀ, d op(W) = s op(X)ᵀ G.</remarks>
    /// <inheritdoc cref="Kernels.MatrixProduct.MatMul.Forward(Tensor, Tensor, bool, bool)"/>
    /// <param name="x"><c>[B, M, K]</c>, or <c>[B, K, M]</c> if transposed; B = 1 is broadcast.</param>
    /// <param name="w"><c>[B, K, N]</c>, or <c>[B, N, K]</c> if transposed; B = 1 is broadcast.</param>
    /// <param name="transposeX">Whether <paramref name="x"/> is read with rows and columns exchanged.</param>
    /// <param name="transposeW">Whether <paramref name="w"/> is read with rows and columns exchanged.</param>
    /// <param name="scale">s, a factor of the products.</param>
    public static Variable BatchMatMul(
        this Variable x, Variable w, bool transposeX = false, bool transposeW = false, float scale = 1)
    {
        ProductEpilogue scaled = ProductEpilogue.None with { Scale = scale };
        Tensor value = Kernels.MatrixProduct.MatMul.Forward(x.Value, w.Value, scaled, transposeX, transposeW);
        return Variable.FromOperation("MatMul", value, [x, w], (_, g, needed) =>
        {
            Variable?[] gradients = new Variable?[2];
            if (needed[0])
            {
                Variable dx = transposeX
                    ? w.BatchMatMul(g, transposeW, true, scale) : g.BatchMatMul(w, false, !transposeW, scale);
                gradients[0] = dx.SumTo(x.Shape);
            }

            if (needed[1]) gradients[1] = WeightGradient(x, w, g, transposeX, transposeW, scale);
            return gradients;
        });
    }

    /// <summary>The product of two matrices.</summary>
    /// <param name="x"><c>[M, K]</c>, or <c>[K, M]</c> if transposed.</param>
    /// <param name="w"><c>[K, N]</c>, or <c>[N, K]</c> if transposed.</param>
    /// <param name="transposeX">Whether <paramref name="x"/> is read transposed.</param>
    /// <param name="transposeW">Whether <paramref name="w"/> is read transposed.</param>
    /// <param name="scale">A factor of the product.</param>
    /// <returns><c>[M, N]</c>.</returns>
    public static Variable MatMul(
        this Variable x, Variable w, bool transposeX = false, bool transposeW = false, float scale = 1)
    {
        Require.Rank(x.Value, 2);
        Require.Rank(w.Value, 2);
        Variable y = x.Reshape([1, x.Shape[0], x.Shape[1]]).BatchMatMul(
            w.Reshape([1, w.Shape[0], w.Shape[1]]), transposeX, transposeW, scale);
        return y.Reshape([y.Shape[1], y.Shape[2]]);
    }

    private static Variable WeightGradient(
        Variable x, Variable w, Variable g, bool transposeX, bool transposeW, float scale)
    {
        // One weight for the whole batch: with the batch folded into the rows, the product itself sums over it.
        if (w.Shape[0] == 1 && x.Shape[0] > 1 && !transposeX)
        {
            x = x.Reshape([1, x.Shape[0] * x.Shape[1], x.Shape[2]]);
            g = g.Reshape([1, g.Shape[0] * g.Shape[1], g.Shape[2]]);
        }

        Variable dw = transposeW
            ? g.BatchMatMul(x, true, transposeX, scale) : x.BatchMatMul(g, !transposeX, false, scale);
        return dw.SumTo(w.Shape);
    }
}
