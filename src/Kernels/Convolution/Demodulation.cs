namespace GenKernels.Kernels.Convolution;

/// <summary>
/// Launches <c>Demodulation.cu</c>: the factors that give the results of a modulated convolution unit variance, and the
/// gradient.
/// </summary>
public static class Demodulation
{
    private static readonly KernelSource s_source = Source(
        "Convolution/Demodulation.cu", [ElementType.Float64, ElementType.Float32], SameTarget);

    private static readonly KernelSource s_narrowingSource = NarrowingSource("Convolution/Demodulation.cu");

    /// <param name="variance">
    /// Of the convolution's results for activations of unit variance, <c>[N, T, O]</c>, of at least 32 bits.
    /// </param>
    /// <param name="largestWeights">The largest magnitude of each output channel's weights, <c>[O]</c>.</param>
    /// <param name="largestStyles">The largest magnitude of each clip's styles, <c>[N]</c>.</param>
    /// <param name="options">Sizes, and the type of the factors.</param>
    /// <param name="gain">Multiplies the factors.</param>
    /// <returns>The factors, <c>[N, T, O]</c>; the caller or its scope disposes them.</returns>
    /// <exception cref="ShapeException">The shapes do not fit, or types or devices differ.</exception>
    public static Tensor Forward(
        Tensor variance, Tensor largestWeights, Tensor largestStyles, DemodulationOptions options, float gain)
    {
        Check(variance, largestWeights, largestStyles);
        Tensor y = Tensor.Empty(variance.Shape, options.Type, variance.Device);
        if (y.ElementCount == 0) return y;
        LoadFor(variance, options.Type, s_source, s_narrowingSource).Kernel("Demodulation").Launch(
            Rows(variance) with { Cost = LaunchCost.Of(variance, y) },
            variance, largestWeights, largestStyles, y, variance.Shape[1], variance.Shape[2], options.Epsilon,
            options.Root, gain);
        return y;
    }

    /// <summary>The gradient of the variance.</summary>
    /// <param name="variance">As in the forward pass.</param>
    /// <param name="largestWeights">As in the forward pass.</param>
    /// <param name="largestStyles">As in the forward pass.</param>
    /// <param name="products">
    /// The sums over each frame of dz z, where z is what the factors made of the convolution's sums, plus the bias; of
    /// the shape and type of <paramref name="variance"/>. See
    /// <see cref="ScaledGradient.OfResult(Tensor, Tensor, int, Tensor?, Tensor?, Elementwise.BiasActivationOptions)"/>.
    /// </param>
    /// <param name="sums">The sums of dz.</param>
    /// <param name="bias">The bias, <c>[O]</c>, of the type of the factors; or null.</param>
    /// <param name="options">As in the forward pass.</param>
    /// <returns>A new tensor of the shape of <paramref name="variance"/>; the caller or its scope disposes
    /// it.</returns>
    /// <exception cref="ShapeException">The shapes do not fit, or types or devices differ.</exception>
    public static Tensor Backward(
        Tensor variance, Tensor largestWeights, Tensor largestStyles, Tensor products, Tensor sums, Tensor? bias,
        DemodulationOptions options)
    {
        Check(variance, largestWeights, largestStyles);
        Require.Same(variance, products);
        Require.Same(variance, sums);
        if (bias is not null) Require.Shape(bias, [variance.Shape[2]]);
        if (bias is not null) Require.Kind(bias, options.Type, variance.Device);
        Tensor dVariance = Tensor.Empty(variance.Shape, variance.Type, variance.Device);
        if (variance.ElementCount == 0) return dVariance;
        LoadFor(variance, options.Type, s_source, s_narrowingSource).Kernel("DemodulationGradient").Launch(
            Rows(variance) with { Cost = LaunchCost.Of(variance, products, sums, dVariance) },
            variance, largestWeights, largestStyles, products, sums, bias, dVariance, variance.Shape[1],
            variance.Shape[2], options.Epsilon);
        return dVariance;
    }

    private static LaunchShape Rows(Tensor variance) =>
        LaunchShape.Blocks(variance.Device, (long)variance.Shape[0] * variance.Shape[1]);

    private static void Check(Tensor variance, Tensor largestWeights, Tensor largestStyles)
    {
        Require.Rank(variance, 3);
        Require.That(variance.Type == variance.Type.SumType(), $"a variance has at least 32 bits, got {variance}");
        Require.Shape(largestWeights, [variance.Shape[2]]);
        Require.Shape(largestStyles, [variance.Shape[0]]);
        Require.Kind(largestWeights, variance.Type, variance.Device);
        Require.Kind(largestStyles, variance.Type, variance.Device);
    }
}
