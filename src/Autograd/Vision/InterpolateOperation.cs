using GenKernels.Kernels.Vision;

namespace GenKernels.Autograd;

/// <summary>Resizes pictures; linear.</summary>
public static class InterpolateOperation
{
    /// <summary>Differentiable to any order.</summary>
    /// <inheritdoc cref="Interpolate.Forward"/>
    public static Variable Interpolate(this Variable x, InterpolateOptions options)
    {
        Tensor value = Kernels.Vision.Interpolate.Forward(x.Value, options);
        return Variable.FromOperation(nameof(Interpolate), value, [x], (_, g) =>
            [g.InterpolateAdjoint(x.Shape[1], x.Shape[2], options)]);
    }

    /// <summary>Repeats every pixel along both axes.</summary>
    /// <param name="x">Pictures, <c>[N, H, W, C]</c>, floats.</param>
    /// <param name="factor">Repetitions per axis; positive.</param>
    /// <returns><c>[N, factor H, factor W, C]</c>.</returns>
    /// <exception cref="ShapeException">The pictures have another rank or no pixels.</exception>
    public static Variable UpsampleNearest(this Variable x, int factor)
    {
        Require.Rank(x.Value, 4);
        Require.Positive(factor);
        (int height, int width) = (checked(x.Shape[1] * factor), checked(x.Shape[2] * factor));
        return x.Interpolate(new InterpolateOptions(InterpolateKind.Nearest, height, width));
    }

    private static Variable InterpolateAdjoint(this Variable g, int height, int width, InterpolateOptions options)
    {
        Tensor value = Kernels.Vision.Interpolate.Adjoint(g.Value, height, width, options);
        return Variable.FromOperation(nameof(InterpolateAdjoint), value, [g], (_, upstream) =>
            [upstream.Interpolate(options)]);
    }
}
