using GenKernels.Kernels.Normalization;

namespace GenKernels.Autograd;

/// <summary>Group normalisation.</summary>
public static class GroupNormOperation
{
    /// <summary>
    /// Normalises groups of channels of each sample to mean 0 and variance 1, then scales, adds a bias and optionally
    /// applies SiLU.
    /// </summary>
    /// <param name="x">Activations, <c>[N, …, C]</c>.</param>
    /// <param name="groups">The number of groups; divides the channels.</param>
    /// <param name="weight"><c>[C]</c>, or null for ones.</param>
    /// <param name="bias"><c>[C]</c>, or null for zeros.</param>
    /// <param name="epsilon">Added to the variance; positive.</param>
    /// <param name="silu">Whether SiLU, z / (1 + e^-z), follows.</param>
    /// <returns>Of the shape of <paramref name="x"/>.</returns>
    /// <remarks>
    /// The gradient has its own kernel; for higher-order gradients that of <see cref="GroupNormComposed"/> is used.
    /// </remarks>
    public static Variable GroupNorm(
        this Variable x, int groups, Variable? weight = null, Variable? bias = null, float epsilon = 1e-5f,
        bool silu = false)
    {
        (Tensor value, Tensor statistics) = Kernels.Normalization.GroupNorm.Forward(
            x.Value, groups, weight?.Value, bias?.Value, epsilon, silu);
        Variable[] inputs = [x, .. Variable.Given(weight), .. Variable.Given(bias)];
        return Variable.FromOperation(
            nameof(GroupNorm), value, inputs,
            (_, g, needed) =>
            {
                if (GradientMode.IsEnabled)
                {
                    Variable again = x.GroupNormComposed(groups, weight, bias, epsilon, silu);
                    return Gradient.Within(again, inputs, g, differentiable: true);
                }

                bool needsParameters = Array.LastIndexOf(needed, true) > 0;
                (Tensor dx, Tensor? dw, Tensor? db) = GroupNormGradient.Backward(
                    x.Value, g.Value, statistics, weight?.Value, bias?.Value, silu, needsParameters);
                Variable?[] gradients = new Variable?[inputs.Length];
                gradients[0] = new Variable(dx);
                if (dw is not null) gradients[1] = new Variable(dw);
                if (db is not null) gradients[^1] = new Variable(db);
                return gradients;
            },
            statistics);
    }

    /// <summary>The same composed of other operations: differentiable to any order, and several times slower.</summary>
    /// <inheritdoc cref="GroupNorm"/>
    public static Variable GroupNormComposed(
        this Variable x, int groups, Variable? weight = null, Variable? bias = null, float epsilon = 1e-5f,
        bool silu = false)
    {
        int channels = x.Shape[^1];
        int positions = Require.Product(x.Value, 1, x.Shape.Rank - 1, nameof(x));
        Variable grouped = x.Reshape([x.Shape[0], positions, groups, channels / groups]);  // [N, S, G, C / G]
        Variable centred = grouped - grouped.Mean(3).Mean(1);
        Variable scale = (centred.Square().Mean(3).Mean(1) + epsilon).ReciprocalSqrt();    // [N, 1, G, 1]
        Variable z = (centred * scale).Reshape(x.Shape);
        if (weight is not null) z *= weight;
        if (bias is not null) z += bias;
        return silu ? z.Silu() : z;
    }
}
