namespace GenKernels.Autograd;

/// <summary>Softmax and its logarithm.</summary>
public static class SoftmaxOperation
{
    /// <summary>Softmax over the last axis; differentiable to any order.</summary>
    /// <param name="x">Logits, <c>[…, C]</c>.</param>
    /// <returns>Of the shape of <paramref name="x"/>; every row sums to 1.</returns>
    public static Variable Softmax(this Variable x)
    {
        Tensor value = Kernels.Normalization.Softmax.Forward(x.Value);
        return Variable.FromOperation(nameof(Softmax), value, [x], (y, g) => [y.SoftmaxGradient(g)]);
    }

    /// <summary>The logarithm of <see cref="Softmax"/>; differentiable to any order.</summary>
    /// <inheritdoc cref="Softmax" path="/param"/>
    /// <returns>Of the shape of <paramref name="x"/>.</returns>
    public static Variable LogSoftmax(this Variable x)
    {
        Tensor value = Kernels.Normalization.Softmax.Forward(x.Value, isLogarithm: true);
        return Variable.FromOperation(nameof(LogSoftmax), value, [x], (y, g) => [y.LogSoftmaxGradient(g)]);
    }

    /// <remarks>Of s = y (g - Σ g y) and upstream u: dg = y (u - Σ u y), dy = u (g - Σ g y) - g Σ u y.</remarks>
    private static Variable SoftmaxGradient(this Variable y, Variable g)
    {
        Tensor value = Kernels.Normalization.Softmax.Gradient(y.Value, g.Value);
        return Variable.FromOperation(nameof(SoftmaxGradient), value, [y, g], (_, u, needed) =>
        [
            needed[0] ? (u * (g - (g * y).Sum(-1))) - (g * (u * y).Sum(-1)) : null,
            needed[1] ? y.SoftmaxGradient(u) : null,
        ]);
    }

    /// <remarks>Of s = g - e^y Σ g and upstream u: dg = u - Σ u e^y, dy = -u e^y Σ g.</remarks>
    private static Variable LogSoftmaxGradient(this Variable y, Variable g)
    {
        Tensor value = Kernels.Normalization.Softmax.Gradient(y.Value, g.Value, isLogarithm: true);
        return Variable.FromOperation(nameof(LogSoftmaxGradient), value, [y, g], (_, u, needed) =>
        {
            Variable weighted = u * y.Exp();
            return
            [
                needed[0] ? -(weighted * g.Sum(-1)) : null,
                needed[1] ? u - weighted.Sum(-1) : null,
            ];
        });
    }
}
