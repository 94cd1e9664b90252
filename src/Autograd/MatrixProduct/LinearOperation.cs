using GenKernels.Kernels.Elementwise;
using GenKernels.Kernels.MatrixProduct;

namespace GenKernels.Autograd;

/// <summary>A linear layer with a fused epilogue.</summary>
public static class LinearOperation
{
    /// <summary>
    /// y = clamp(gain f(s x wᵀ + b)) + r, in one launch; where gradients are recorded, a nonlinear f or a clamp is a
    /// separate launch, so that backward need not repeat the product.
    /// </summary>
    /// <param name="x">Activations, <c>[…, K]</c>.</param>
    /// <param name="w">Weights, <c>[N, K]</c>.</param>
    /// <param name="bias">b, <c>[N]</c>; or null.</param>
    /// <param name="options">f, gain and clamp; none by default.</param>
    /// <param name="residual">r, of the shape of the result; or null.</param>
    /// <param name="scale">s, such as the gain of equalized weights.</param>
    /// <returns>y, <c>[…, N]</c>.</returns>
    /// <remarks>Where f is linear, with d = gain g: dx = s d w, dw = s dᵀ x, db = Σ d, dr = g.</remarks>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    public static Variable Linear(
        this Variable x, Variable w, Variable? bias = null, BiasActivationOptions? options = null,
        Variable? residual = null, float scale = 1)
    {
        Require.That(x.Shape.Rank > 0, $"x must have an axis, got shape {x.Shape}");
        Require.Rank(w.Value, 2);
        BiasActivationOptions after = options ?? ProductEpilogue.None.Activation;
        Variable?[] inputs = [x, w, bias, residual];
        bool isStraight = after.Activation == Activation.Linear && float.IsPositiveInfinity(after.Clamp);
        bool isRecorded = GradientMode.Records(inputs);
        if (isStraight || !isRecorded) return Fused(x, w, bias, after, residual, scale);
        Variable y = Fused(x, w, bias, ProductEpilogue.None.Activation, null, scale).BiasActivation(null, after);
        return residual is null ? y : y + residual;
    }

    private static Variable Fused(
        Variable x, Variable w, Variable? bias, BiasActivationOptions options, Variable? residual, float scale)
    {
        (int depth, int outputs) = (x.Shape[^1], w.Shape[0]);
        int rows = Require.Product(x.Value, 0, x.Shape.Rank - 1, nameof(x));
        using Tensor matrix = x.Value.View([1, rows, depth]);
        using Tensor weights = w.Value.View([1, outputs, w.Shape[1]]);
        using Tensor? rest = residual?.Value.View([1, rows, outputs]);
        ProductEpilogue epilogue = new(bias?.Value, options, rest, Scale: scale);
        using Tensor product = Kernels.MatrixProduct.MatMul.Forward(matrix, weights, epilogue, transposeW: true);
        Tensor y = product.View(x.Shape.With(x.Shape.Rank - 1, outputs));  // […, N]
        Variable[] inputs = [.. new[] { x, w, bias, residual }.OfType<Variable>()];
        return Variable.FromOperation("Linear", y, inputs, (_, g, needed) =>
        {
            Variable?[] gradients = new Variable?[inputs.Length];
            Variable d = (options.Gain == 1 ? g : g * options.Gain).Reshape([rows, outputs]);
            if (needed[0]) gradients[0] = d.MatMul(w, scale: scale).Reshape(x.Shape);
            if (needed[1]) gradients[1] = d.MatMul(x.Reshape([rows, depth]), transposeX: true, scale: scale);
            if (bias is not null && needed[2]) gradients[2] = d.SumTo(bias.Shape);
            if (residual is not null) gradients[^1] = g;
            return gradients;
        });
    }
}
