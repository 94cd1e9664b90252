using GenKernels.Kernels.Elementwise;

namespace GenKernels.Autograd;

/// <summary>Elementwise functions; differentiable to any order where they are smooth.</summary>
public sealed partial class Variable
{
    /// <remarks>dx = -g.</remarks>
    public static Variable operator -(Variable x) => x.Affine(-1, 0);

    /// <remarks>dx = g.</remarks>
    public static Variable operator +(Variable x, float offset) => x.Affine(1, offset);

    /// <remarks>dx = g.</remarks>
    public static Variable operator -(Variable x, float offset) => x.Affine(1, -offset);

    /// <remarks>dx = scale g.</remarks>
    public static Variable operator *(Variable x, float scale) => x.Affine(scale, 0);

    /// <inheritdoc cref="op_Multiply(Variable, float)"/>
    public static Variable operator *(float scale, Variable x) => x.Affine(scale, 0);

    /// <summary>scale x + offset.</summary>
    /// <remarks>dx = scale g.</remarks>
    public Variable Affine(float scale, float offset) => FromOperation(
        nameof(Affine), Unary.Forward(UnaryKind.Affine, Value, scale, offset), [this], (_, g) => [g.Affine(scale, 0)]);

    /// <summary>x².</summary>
    /// <remarks>dx = 2 g x.</remarks>
    public Variable Square() => Apply(UnaryKind.Square, (_, g) => g * this * 2);

    /// <summary>√x.</summary>
    /// <remarks>dx = g / 2y.</remarks>
    public Variable Sqrt() => Apply(UnaryKind.SquareRoot, (y, g) => g / y * 0.5f);

    /// <summary>1 / √x.</summary>
    /// <remarks>dx = -g y³ / 2.</remarks>
    public Variable ReciprocalSqrt() => Apply(UnaryKind.ReciprocalSquareRoot, (y, g) => g * y * y.Square() * -0.5f);

    /// <summary>1 / x.</summary>
    /// <remarks>dx = -g y².</remarks>
    public Variable Reciprocal() => Apply(UnaryKind.Reciprocal, (y, g) => -(g * y.Square()));

    /// <summary>e^x.</summary>
    /// <remarks>dx = g y.</remarks>
    public Variable Exp() => Apply(UnaryKind.Exponential, (y, g) => g * y);

    /// <summary>The natural logarithm.</summary>
    /// <remarks>dx = g / x.</remarks>
    public Variable Log() => Apply(UnaryKind.Logarithm, (_, g) => g / this);

    /// <summary>|x|.</summary>
    /// <remarks>dx = g sign x.</remarks>
    public Variable Abs() => Apply(UnaryKind.AbsoluteValue, (_, g) => g * Sign());

    /// <summary>sin x, x in radians.</summary>
    /// <remarks>dx = g cos x.</remarks>
    public Variable Sin() => Apply(UnaryKind.Sine, (_, g) => g * Cos());

    /// <summary>cos x, x in radians.</summary>
    /// <remarks>dx = -g sin x.</remarks>
    public Variable Cos() => Apply(UnaryKind.Cosine, (_, g) => -(g * Sin()));

    /// <summary>tanh x.</summary>
    /// <remarks>dx = g (1 - y²).</remarks>
    public Variable Tanh() => Apply(UnaryKind.HyperbolicTangent, (y, g) => g * y.Square().Affine(-1, 1));

    /// <summary>-1, 0 or 1; not differentiable.</summary>
    public Variable Sign() => new(Unary.Forward(UnaryKind.Sign, Value));

    private Variable Apply(UnaryKind kind, Func<Variable, Variable, Variable> backward) =>
        FromOperation(kind.ToString(), Unary.Forward(kind, Value), [this], (y, g) => [backward(y, g)]);
}
