namespace GenKernels.Kernels.Elementwise;

/// <summary>What <see cref="Unary"/> computes of x; the names are those of the functions in <c>Unary.cu</c>.</summary>
public enum UnaryKind
{
    /// <summary>first x + second, with the function's two constants.</summary>
    Affine,

    /// <summary>x².</summary>
    Square,

    /// <summary>√x.</summary>
    SquareRoot,

    /// <summary>1 / √x.</summary>
    ReciprocalSquareRoot,

    /// <summary>1 / x.</summary>
    Reciprocal,

    /// <summary>e^x.</summary>
    Exponential,

    /// <summary>The natural logarithm.</summary>
    Logarithm,

    /// <summary>|x|.</summary>
    AbsoluteValue,

    /// <summary>sin x, x in radians.</summary>
    Sine,

    /// <summary>cos x, x in radians.</summary>
    Cosine,

    /// <summary>tanh x.</summary>
    HyperbolicTangent,

    /// <summary>-1, 0 or 1; NaN stays NaN.</summary>
    Sign,

    /// <summary>0 for NaN, else x clamped to ± first.</summary>
    Sanitize,
}
