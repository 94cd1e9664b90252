namespace GenKernels.Autograd;

/// <summary>Minibatch standard deviation, as further channels.</summary>
public static class MinibatchDeviationOperation
{
    /// <summary>
    /// Appends channels that hold, for each group of samples, the standard deviation over the group, averaged over
    /// positions and channels.
    /// </summary>
    /// <param name="x">Activations, <c>[N, …, C]</c>; sample n belongs to group n mod (N / groupSize).</param>
    /// <param name="groupSize">Samples of a group; divides N, and at least 2 if unbiased.</param>
    /// <param name="channels">
    /// The number of channels appended, each from an equal share of neighbouring channels; divides C.
    /// </param>
    /// <param name="epsilon">
    /// Added to the variance; not negative. With 0 the gradient is undefined where the samples of a group agree.
    /// </param>
    /// <param name="isUnbiased">Whether the variance is divided by groupSize - 1.</param>
    /// <returns><c>[N, …, C + channels]</c>.</returns>
    /// <exception cref="ShapeException">Samples or channels do not divide evenly.</exception>
    /// <remarks>
    /// Karras et al. 2018, Progressive Growing of GANs, section 3, as in StyleGAN2 (epsilon 1e-8, biased). Composed of
    /// other operations, differentiable to any order: the layer is applied to 4 x 4 maps only, where a fused kernel has
    /// nothing to gain.
    /// </remarks>
    public static Variable MinibatchDeviation(
        this Variable x, int groupSize, int channels = 1, float epsilon = 1e-8f, bool isUnbiased = false)
    {
        Check(x, groupSize, channels, epsilon, isUnbiased);
        int groups = x.Shape[0] / groupSize;
        int positions = Require.Product(x.Value, 1, x.Shape.Rank - 1, nameof(x));
        Variable grouped = x.Reshape([groupSize, groups, positions, channels, x.Shape[^1] / channels]);
        Variable squares = (grouped - grouped.Mean(0)).SumOfSquares(0);            // [1, N / G, S, F, C / F]
        Variable variance = squares.DividedBy(isUnbiased ? groupSize - 1 : groupSize);
        Variable deviation = (epsilon == 0 ? variance : variance + epsilon).Sqrt();
        Variable appended = deviation.Mean(4).Mean(2)                              // [1, N / G, 1, F, 1]
            .Expand([groupSize, groups, positions, channels, 1])
            .Reshape(x.Shape.With(x.Shape.Rank - 1, channels));
        return Variable.Concatenate([x, appended], x.Shape.Rank - 1);
    }

    private static void Check(Variable x, int groupSize, int channels, float epsilon, bool isUnbiased)
    {
        Require.Float(x.Value);
        Require.That(x.Shape.Rank >= 2, $"x must have samples and channels, got shape {x.Shape}");
        Require.That(
            groupSize > (isUnbiased ? 1 : 0) && x.Shape[0] % groupSize == 0,
            $"the samples of {x.Shape} do not divide into groups of {groupSize}");
        Require.That(
            channels > 0 && x.Shape[^1] % channels == 0, $"the channels of {x.Shape} do not divide by {channels}");
        Require.That(epsilon >= 0, $"epsilon must not be negative, got {epsilon}");
    }
}
