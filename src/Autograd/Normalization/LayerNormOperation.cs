namespace GenKernels.Autograd;

/// <summary>Layer normalisation.</summary>
public static class LayerNormOperation
{
    /// <summary>Normalises the last axis to mean 0 and variance 1, then scales and adds a bias.</summary>
    /// <param name="x">Activations, <c>[…, C]</c>.</param>
    /// <param name="weight"><c>[C]</c>, or null for ones.</param>
    /// <param name="bias"><c>[C]</c>, or null for zeros.</param>
    /// <param name="epsilon">Added to the variance; positive.</param>
    /// <returns>Of the shape of <paramref name="x"/>.</returns>
    /// <remarks>
    /// The gradient has its own kernel; for higher-order gradients that of <see cref="LayerNormComposed"/> is used.
    /// </remarks>
    public static Variable LayerNorm(
        this Variable x, Variable? weight = null, Variable? bias = null, float epsilon = 1e-5f)
    {
        Tensor value = Kernels.Normalization.LayerNorm.Forward(x.Value, weight?.Value, bias?.Value, epsilon);
        Variable[] inputs = [x, .. Variable.Given(weight), .. Variable.Given(bias)];
        return Variable.FromOperation(nameof(LayerNorm), value, inputs, (_, g, needed) =>
        {
            if (GradientMode.IsEnabled)
            {
                return Gradient.Within(x.LayerNormComposed(weight, bias, epsilon), inputs, g, differentiable: true);
            }

            bool needsParameters = Array.LastIndexOf(needed, true) > 0;
            (Tensor dx, Tensor? dw, Tensor? db) = Kernels.Normalization.LayerNorm.Backward(
                x.Value, g.Value, weight?.Value, bias?.Value, epsilon, needsParameters);
            Variable?[] gradients = new Variable?[inputs.Length];
            gradients[0] = new Variable(dx);
            if (dw is not null) gradients[1] = new Variable(dw);
            if (db is not null) gradients[^1] = new Variable(db);
            return gradients;
        });
    }

    /// <summary>The same composed of other operations: differentiable to any order, and several times slower.</summary>
    /// <inheritdoc cref="LayerNorm"/>
    public static Variable LayerNormComposed(
        this Variable x, Variable? weight = null, Variable? bias = null, float epsilon = 1e-5f)
    {
        Variable centred = x - x.Mean(-1);
        Variable y = centred * (centred.Square().Mean(-1) + epsilon).ReciprocalSqrt();
        if (weight is not null) y *= weight;
        return bias is null ? y : y + bias;
    }
}
