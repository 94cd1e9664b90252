using GenKernels.Kernels.Common;

namespace GenKernels.Kernels.Filtering;

/// <summary>
/// Launches <c>Upfirdn2d.cu</c>: upsampling, a 2-D filter that need not be separable, and downsampling.
/// </summary>
public static class Upfirdn2d
{
    private static readonly KernelSource s_source = Source("Filtering/Upfirdn2d.cu");

    /// <param name="x">Images, <c>[N, H, W, C]</c>, floats.</param>
    /// <param name="filter">The taps, <c>[I, J]</c>, Float32.</param>
    /// <param name="rows">Rates and padding of the vertical axis.</param>
    /// <param name="columns">Rates and padding of the horizontal axis.</param>
    /// <param name="flip">False to convolve, true to correlate: the filter is then not rotated.</param>
    /// <param name="gain">Multiplies the result.</param>
    /// <returns>
    /// A new tensor, <c>[N, Q, P, C]</c>, Q and P from <see cref="Resampling.OutputLength"/>; the caller or its scope
    /// disposes it.
    /// </returns>
    /// <exception cref="ShapeException">
    /// A rank or type does not fit, an axis is empty or its padded length is below that of the filter, or a rate is
    /// below 1.
    /// </exception>
    public static Tensor Forward(
        Tensor x, Tensor filter, Resampling rows, Resampling columns, bool flip = false, float gain = 1)
    {
        Require.Float(x);
        Require.Rank(x, 4);
        Require.Rank(filter, 2);
        Require.That(filter.Type == ElementType.Float32, $"the filter must hold 32-bit floats, got {filter}");
        Require.That(x.Shape[1] > 0 && x.Shape[2] > 0, $"the images must have pixels, got {x.Shape}");
        AxisPlan down = new(x.Shape[1], filter.Shape[0], rows);
        AxisPlan across = new(x.Shape[2], filter.Shape[1], columns);
        int channels = x.Shape[3];

        Tensor y = Tensor.Empty([x.Shape[0], down.OutputLength, across.OutputLength, channels], x.Type, x.Device);
        if (y.ElementCount == 0) return y;
        RowTiling tiling = new(y.ElementCount / channels, channels);
        Upfirdn2dPlan plan = new(down, across, flip, gain);
        Kernel kernel = x.Device.Load(s_source, x.Type).Kernel("Upfirdn2d");
        long operations = 2 * y.ElementCount * filter.ElementCount / ((long)rows.Up * columns.Up);
        LaunchShape shape = tiling.Shape(x.Device) with
        {
            Cost = LaunchCost.Of(x, filter, y) with { Operations = operations },
        };
        kernel.Launch(shape, x, filter, y, KernelArgument.Structure(ref tiling), KernelArgument.Structure(ref plan));
        return y;
    }
}
