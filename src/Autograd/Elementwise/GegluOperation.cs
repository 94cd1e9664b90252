namespace GenKernels.Autograd;

/// <summary>GEGLU: values gated by GELU.</summary>
public static class GegluOperation
{
    /// <summary>The first half of the last axis, each element times GELU of its partner in the second half.</summary>
    /// <param name="x">Values, then gates, <c>[…, 2 C]</c>.</param>
    /// <returns><c>[…, C]</c>.</returns>
    /// <remarks>
    /// The gradient has its own kernel; for higher-order gradients that of <see cref="GegluComposed"/> is used.
    /// </remarks>
    public static Variable Geglu(this Variable x)
    {
        Tensor value = Kernels.Elementwise.Geglu.Forward(x.Value);
        return Variable.FromOperation(nameof(Geglu), value, [x], (_, g) => GradientMode.IsEnabled
            ? Gradient.Within(x.GegluComposed(), [x], g, differentiable: true)
            : [new Variable(Kernels.Elementwise.Geglu.Gradient(x.Value, g.Value))]);
    }

    /// <summary>The same composed of other operations.</summary>
    /// <inheritdoc cref="Geglu"/>
    public static Variable GegluComposed(this Variable x)
    {
        int channels = x.Shape[^1] / 2;
        return x.Window(-1, 0, channels) * x.Window(-1, channels, channels).Gelu();
    }
}
