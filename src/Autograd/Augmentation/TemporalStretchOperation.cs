using Stretch = GenKernels.Kernels.Augmentation.TemporalStretch;

namespace GenKernels.Autograd;

/// <summary>Every clip at its own speed: linear, and its adjoint's adjoint is itself.</summary>
public static class TemporalStretchOperation
{
    /// <summary>Differentiable to any order.</summary>
    /// <inheritdoc cref="Kernels.Augmentation.TemporalStretch.Forward"/>
    /// <param name="frameCount">Frames of the result; as many as came by default.</param>
    /// <remarks>A scale of 1 and no padding make this a crop of its own place for each clip.</remarks>
    public static Variable TemporalStretch(
        this Variable x, Tensor scale, Tensor padding, Tensor cropStart, int? frameCount = null)
    {
        Tensor value = Stretch.Forward(x.Value, scale, padding, cropStart, frameCount ?? x.Shape[1]);
        return Variable.FromOperation(nameof(TemporalStretch), value, [x], (_, g) =>
            [g.TemporalStretchGradient(scale, padding, cropStart, x.Shape[1])]);
    }

    private static Variable TemporalStretchGradient(
        this Variable g, Tensor scale, Tensor padding, Tensor cropStart, int frameCount)
    {
        Tensor value = Stretch.Gradient(g.Value, scale, padding, cropStart, frameCount);
        return Variable.FromOperation(nameof(TemporalStretchGradient), value, [g], (_, upstream) =>
            [upstream.TemporalStretch(scale, padding, cropStart, g.Shape[1])]);
    }
}
