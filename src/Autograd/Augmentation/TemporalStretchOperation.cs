using Stretch = GenKernels.Kernels.Augmentation.TemporalStretch;

namespace GenKernels.Autograd;

/// <summary>Resamples every clip in time at its own speed; linear.</summary>
public static class TemporalStretchOperation
{
    /// <summary>Differentiable to any order.</summary>
    /// <inheritdoc cref="Kernels.Augmentation.TemporalStretch.Forward"/>
    /// <param name="frameCount">Frames of the result; as many as the input's by default.</param>
    /// <remarks>With a scale of 1 and no padding this is a crop at a different place for each clip.</remarks>
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
