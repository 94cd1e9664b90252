namespace GenKernels.Autograd;

/// <summary>Normalises every row to unit root mean square.</summary>
public static class PixelNormOperation
{
    /// <summary>Differentiable to any order: the gradient is composed of operations.</summary>
    /// <remarks>
    /// With r = (mean x² + ε)^(-1/2), y = r x and upstream g: dx = r (g - y mean(g y)), means over c.
    /// </remarks>
    /// <inheritdoc cref="Kernels.Normalization.PixelNorm.Forward"/>
    public static Variable PixelNorm(this Variable x, float epsilon = 1e-8f)
    {
        Tensor value = Kernels.Normalization.PixelNorm.Forward(x.Value, epsilon);
        return Variable.FromOperation(nameof(PixelNorm), value, [x], (y, g) =>
        {
            Variable r = (x.Square().Mean(axis: 1) + epsilon).ReciprocalSqrt();  // [N, 1]
            Variable radial = (g * y).Mean(axis: 1);                             // [N, 1]
            return [r * (g - y * radial)];                                       // [N, C]
        });
    }
}
