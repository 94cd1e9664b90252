using GenKernels.Kernels.Elementwise;

namespace GenKernels.Autograd;

/// <summary>Bias, activation, gain and clamp.</summary>
public static class BiasActivationOperation
{
    /// <summary>Adds a bias along the last axis and applies an activation with its default gain.</summary>
    /// <param name="x">Activations, <c>[…, C]</c>.</param>
    /// <param name="bias"><c>[C]</c>, or null.</param>
    /// <param name="activation">The function.</param>
    /// <param name="clamp">Bounds the result on both sides; infinity for none.</param>
    public static Variable BiasActivation(
        this Variable x, Variable? bias, Activation activation, float clamp = float.PositiveInfinity) =>
        x.BiasActivation(bias, BiasActivationOptions.For(activation, clamp));

    /// <inheritdoc cref="Kernels.Elementwise.BiasActivation.Forward"/>
    /// <remarks>
    /// With f the whole function: dx = g f'(x + b), db = Σ dx; differentiable up to the third derivative of f.
    /// </remarks>
    public static Variable BiasActivation(this Variable x, Variable? bias, BiasActivationOptions options) =>
        Derivative(null, x, bias, options, order: 0);

    /// <summary>x / (1 + e^-x).</summary>
    public static Variable Silu(this Variable x) => x.Activate(Activation.Swish);

    /// <summary>x Φ(x), with the error function.</summary>
    public static Variable Gelu(this Variable x) => x.Activate(Activation.Gelu);

    /// <summary>x / (1 + e^(-1.702 x)).</summary>
    public static Variable QuickGelu(this Variable x) => x.Activate(Activation.QuickGelu);

    /// <summary>1 / (1 + e^-x).</summary>
    public static Variable Sigmoid(this Variable x) => x.Activate(Activation.Sigmoid);

    /// <summary>ln(1 + e^x).</summary>
    public static Variable Softplus(this Variable x) => x.Activate(Activation.Softplus);

    /// <summary>An activation without bias and gain.</summary>
    private static Variable Activate(this Variable x, Activation activation) =>
        x.BiasActivation(null, new BiasActivationOptions(activation, Gain: 1));

    private static Variable Derivative(
        Variable? factor, Variable x, Variable? bias, BiasActivationOptions options, int order)
    {
        Tensor value = Kernels.Elementwise.BiasActivation.Forward(x.Value, bias?.Value, options, order, factor?.Value);
        Variable[] inputs = (factor, bias) switch
        {
            (null, null) => [x],
            (null, _) => [x, bias],
            (_, null) => [x, factor],
            _ => [x, bias, factor],
        };
        return Variable.FromOperation("BiasActivation", value, inputs, (_, g, needed) =>
        {
            Variable?[] gradients = new Variable?[inputs.Length];
            bool curves = order == 0 || !options.Activation.IsPiecewiseLinear();
            if (curves && (needed[0] || (bias is not null && needed[1])))
            {
                Variable dx = Derivative(factor is null ? g : g * factor, x, bias, options, order + 1);
                gradients[0] = dx;
                if (bias is not null && needed[1]) gradients[1] = dx.SumTo(bias.Shape);
            }

            if (factor is not null && needed[^1]) gradients[^1] = Derivative(g, x, bias, options, order);
            return gradients;
        });
    }
}
