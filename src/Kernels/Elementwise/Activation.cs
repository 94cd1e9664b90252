namespace GenKernels.Kernels.Elementwise;

/// <summary>
/// The activations of <see cref="BiasActivation"/>; the names are those of the functions in <c>BiasActivation.cu</c>.
/// </summary>
public enum Activation
{
    /// <summary>z.</summary>
    Linear,

    /// <summary>max(z, 0); default gain √2.</summary>
    Relu,

    /// <summary>z where positive, else slope z; default slope 0.2, default gain √2.</summary>
    LeakyRelu,

    /// <summary>tanh z.</summary>
    HyperbolicTangent,

    /// <summary>1 / (1 + e^-z).</summary>
    Sigmoid,

    /// <summary>z where positive, else e^z - 1.</summary>
    Elu,

    /// <summary>The scaled form of <see cref="Elu"/> (Klambauer et al. 2017).</summary>
    Selu,

    /// <summary>ln(1 + e^z).</summary>
    Softplus,

    /// <summary>z / (1 + e^-z), also called SiLU; default gain √2.</summary>
    Swish,

    /// <summary>z Φ(z), Φ the normal CDF, by the error function, not the tanh form; default gain 1.</summary>
    Gelu,

    /// <summary>z / (1 + e^(-1.702 z)), an approximation of <see cref="Gelu"/>; default gain 1.</summary>
    QuickGelu,
}

/// <summary>The constants that go with an activation.</summary>
public static class Activations
{
    /// <returns>The gain that preserves variance: √2 for activations that about halve it, else 1.</returns>
    public static float DefaultGain(this Activation activation) =>
        activation is Activation.Relu or Activation.LeakyRelu or Activation.Swish ? MathF.Sqrt(2) : 1;

    /// <returns>Whether the second derivative is zero wherever it exists.</returns>
    public static bool IsPiecewiseLinear(this Activation activation) =>
        activation is Activation.Linear or Activation.Relu or Activation.LeakyRelu;
}
