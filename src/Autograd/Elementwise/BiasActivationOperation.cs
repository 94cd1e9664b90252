using GenKernels.Kernels.Convolution;
using GenKernels.Kernels.Elementwise;

namespace GenKernels.Autograd;

/// <summary>Bias, activation, gain and clamp.</summary>
public static class BiasActivationOperation
{
    private const string Name = nameof(BiasActivation);

    /// <summary>Adds a bias along the last axis and applies an activation with its default gain.</summary>
    /// <param name="x">Activations, <c>[…, C]</c>.</param>
    /// <param name="bias"><c>[C]</c>, or null.</param>
    /// <param name="activation">The function.</param>
    /// <param name="clamp">Bound on the result's magnitude; infinity for none.</param>
    public static Variable BiasActivation(
        this Variable x, Variable? bias, Activation activation, float clamp = float.PositiveInfinity) =>
        x.BiasActivation(bias, BiasActivationOptions.For(activation, clamp));

    /// <summary>y = clamp(gain f(x + bias)) + residual, in one pass.</summary>
    /// <param name="x">Activations, <c>[…, C]</c>.</param>
    /// <param name="bias"><c>[C]</c>, or null.</param>
    /// <param name="options">The activation f, its slope, gain and clamp.</param>
    /// <param name="residual">Of the shape of <paramref name="x"/>, or null.</param>
    /// <returns>y, of the shape of <paramref name="x"/>.</returns>
    /// <remarks>
    /// With F the function without the residual: dx = g F'(x + b), db = Σ dx, dr = g; differentiable up to the third
    /// derivative of F. Where F' follows from y alone (<see cref="ScaledGradient.IsToldByResult"/>), the gradient reads
    /// y, which the next layer keeps anyway, instead of x, and sums db in the same pass.
    /// </remarks>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    public static Variable BiasActivation(
        this Variable x, Variable? bias, BiasActivationOptions options, Variable? residual = null)
    {
        bool isTold = bias is not null && residual is null && ScaledGradient.IsToldByResult(options);
        if (!isTold) return Derivative(residual, x, bias, options, order: 0);
        Tensor value = Kernels.Elementwise.BiasActivation.Forward(x.Value, bias!.Value, options);
        return Variable.FromOperation(Name, value, [x, bias], (y, g, needed) =>
        {
            (Variable dx, Variable? dBias) = g.BackThroughActivation(y, bias, options, needed[1]);
            return [dx, dBias];
        });
    }

    /// <summary>x / (1 + e^-x).</summary>
    public static Variable Silu(this Variable x) => x.Activate(Activation.Swish);

    /// <summary>x Φ(x), by the error function.</summary>
    public static Variable Gelu(this Variable x) => x.Activate(Activation.Gelu);

    /// <summary>x / (1 + e^(-1.702 x)).</summary>
    public static Variable QuickGelu(this Variable x) => x.Activate(Activation.QuickGelu);

    /// <summary>1 / (1 + e^-x).</summary>
    public static Variable Sigmoid(this Variable x) => x.Activate(Activation.Sigmoid);

    /// <summary>ln(1 + e^x).</summary>
    public static Variable Softplus(this Variable x) => x.Activate(Activation.Softplus);

    /// <summary>The VJP of y = clamp(gain f(z + bias)), where the slope follows from y.</summary>
    /// <param name="g">The upstream gradient of <paramref name="y"/>.</param>
    /// <param name="y">The result, <c>[…, C]</c>.</param>
    /// <param name="bias"><c>[C]</c>.</param>
    /// <param name="options">The options, for which <see cref="ScaledGradient.IsToldByResult"/> holds.</param>
    /// <param name="needsBias">Whether the bias' gradient is needed; else it may be null.</param>
    /// <returns>The gradients of z and of the bias, differentiable where gradients are recorded.</returns>
    internal static (Variable Z, Variable? Bias) BackThroughActivation(
        this Variable g, Variable y, Variable bias, BiasActivationOptions options, bool needsBias)
    {
        if (GradientMode.IsEnabled)
        {
            Variable differentiable = TimesSlope(g, y.Value, options);
            return (differentiable, needsBias ? differentiable.SumTo(bias.Shape) : null);
        }

        (Tensor dz, Tensor sums) = ScaledGradient.OfResult(g.Value, y.Value, options);
        using (sums) return (new Variable(dz), new Variable(sums.View(bias.Shape)));
    }

    /// <returns>g F', linear in g; F' is constant on either side of its kinks, so no gradient flows to y.</returns>
    private static Variable TimesSlope(Variable g, Tensor y, BiasActivationOptions options)
    {
        (Tensor value, Tensor sums) = ScaledGradient.OfResult(g.Value, y, options);
        sums.Dispose();
        return Variable.FromOperation(Name, value, [g], (_, h) => [TimesSlope(h, y, options)]);
    }

    /// <summary>An activation without bias and gain.</summary>
    private static Variable Activate(this Variable x, Activation activation) =>
        x.BiasActivation(null, new BiasActivationOptions(activation, Gain: 1));

    /// <param name="other">A factor of the derivative; in order 0 the residual, or null.</param>
    private static Variable Derivative(
        Variable? other, Variable x, Variable? bias, BiasActivationOptions options, int order)
    {
        Tensor value = Kernels.Elementwise.BiasActivation.Forward(x.Value, bias?.Value, options, order, other?.Value);
        Variable[] inputs = [.. new[] { x, bias, other }.OfType<Variable>()];
        return Variable.FromOperation(Name, value, inputs, (_, g, needed) =>
        {
            Variable?[] gradients = new Variable?[inputs.Length];
            bool curves = order == 0 || !options.Activation.IsPiecewiseLinear();
            if (curves && (needed[0] || (bias is not null && needed[1])))
            {
                Variable dx = Derivative(order == 0 ? g : g * other!, x, bias, options, order + 1);
                gradients[0] = dx;
                if (bias is not null && needed[1]) gradients[1] = dx.SumTo(bias.Shape);
            }

            if (other is null || !needed[^1]) return gradients;
            gradients[^1] = order == 0 ? g : Derivative(g, x, bias, options, order);
            return gradients;
        });
    }
}
