using GenKernels.Kernels.Reduction;

namespace GenKernels.Kernels.Normalization;

/// <summary>Launches <c>MagnitudeEma.cu</c>: moves the running mean square of a layer's input.</summary>
public static class MagnitudeEma
{
    // Threads of the one block: the largest, as one block sums the parts of the largest input.
    private const int Threads = 1024;

    private static readonly KernelSource s_source =
        Source("Normalization/MagnitudeEma.cu", [ElementType.Float64, ElementType.Float32]);

    /// <param name="x">The input, of any shape with at least one element, floats.</param>
    /// <param name="average">
    /// The running mean square, one element of the type in which <paramref name="x"/> is summed; moved in place.
    /// </param>
    /// <param name="beta">Weight of the old average, from 0 to 1.</param>
    /// <returns>
    /// The reciprocal root of the new average, of its shape: a later update does not change it. The caller or its scope
    /// disposes it.
    /// </returns>
    /// <remarks>Source: Karras et al. 2021, Alias-Free GANs, section 3.2, without its epsilon.</remarks>
    /// <exception cref="ShapeException">
    /// The input is empty or has 2^31 elements or more, or the average does not fit.
    /// </exception>
    public static Tensor Update(Tensor x, Tensor average, float beta)
    {
        Require.Float(x);
        Require.That(x.ElementCount > 0, $"the mean of nothing: shape {x.Shape}");
        Require.That(average.ElementCount == 1, $"the average has one element, got shape {average.Shape}");
        Require.Kind(average, x.Type.SumType(), x.Device);

        // In 32 bits whatever the input's type: the sum of many squares exceeds the range of 16 bits.
        using Tensor squares = Reduce.Parts(ReduceKind.SumOfSquares, x);
        Tensor gain = Tensor.Empty(average.Shape, average.Type, x.Device);
        LaunchShape shape = new(1, 1, 1, x.Device.WarpSize == 1 ? 1 : Threads)
        {
            Cost = LaunchCost.Of(squares, average, average, gain),
        };
        x.Device.Load(s_source, average.Type).Kernel("MagnitudeEma").Launch(
            shape, squares, average, gain, squares.Shape[0], 1f / x.ElementCount, 1 - beta);
        return gain;
    }
}
