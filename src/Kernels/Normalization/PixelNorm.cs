namespace GenKernels.Kernels.Normalization;

/// <summary>Launches <c>PixelNorm.cu</c>: scales every row to unit root mean square.</summary>
public static class PixelNorm
{
    private static readonly KernelSource s_source = Source("Normalization/PixelNorm.cu");

    /// <param name="x">Activations, <c>[N, C]</c>.</param>
    /// <param name="epsilon">Added to the mean square; positive, in squared units of <paramref name="x"/>.</param>
    /// <returns>
    /// A new tensor of the shape, type and device of <paramref name="x"/>; the caller or its scope disposes it.
    /// </returns>
    /// <exception cref="ShapeException"><paramref name="x"/> is not a matrix.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="epsilon"/> is not positive and finite.</exception>
    public static Tensor Forward(Tensor x, float epsilon)
    {
        Require.Rank(x, 2);
        Require.Float(x);
        Require.Positive(epsilon);

        (int rowCount, int channelCount) = (x.Shape[0], x.Shape[1]);
        Tensor y = Tensor.Empty(x.Shape, x.Type, x.Device);
        Kernel kernel = x.Device.Load(s_source, x.Type).Kernel("PixelNorm");
        LaunchShape shape = LaunchShape.WarpPerRow(x.Device, rowCount) with
        {
            Cost = LaunchCost.Of(x, y) with { Operations = 3 * x.ElementCount },
        };
        kernel.Launch(shape, x, y, rowCount, channelCount, epsilon);
        return y;
    }
}
