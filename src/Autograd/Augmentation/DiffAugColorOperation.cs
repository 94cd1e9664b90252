using Color = GenKernels.Kernels.Augmentation.DiffAugColor;

namespace GenKernels.Autograd;

/// <summary>Brightness, saturation and contrast of whole clips.</summary>
public static class DiffAugColorOperation
{
    /// <summary>Differentiable to any order: apart from a constant it is linear and self-adjoint.</summary>
    /// <inheritdoc cref="Kernels.Augmentation.DiffAugColor.Forward"/>
    public static Variable DiffAugColor(this Variable x, Tensor brightness, Tensor saturation, Tensor contrast)
    {
        Tensor value = Color.Forward(x.Value, brightness, saturation, contrast);
        return Variable.FromOperation(nameof(DiffAugColor), value, [x], (_, g) =>
            [g.DiffAugColorLinear(saturation, contrast)]);
    }

    private static Variable DiffAugColorLinear(this Variable x, Tensor saturation, Tensor contrast)
    {
        Tensor value = Color.Linear(x.Value, saturation, contrast);
        return Variable.FromOperation(nameof(DiffAugColorLinear), value, [x], (_, g) =>
            [g.DiffAugColorLinear(saturation, contrast)]);
    }
}
