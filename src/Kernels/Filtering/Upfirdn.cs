using GenKernels.Kernels.Common;

namespace GenKernels.Kernels.Filtering;

/// <summary>Launches <c>Upfirdn.cu</c>: upsampling, FIR filter and downsampling along one axis.</summary>
public static class Upfirdn
{
    // Elements of a row per block on a GPU: few, so that a block has many neighbouring rows, whose filters share
    // samples in the L1 cache.
    private const int ChunkLength = 256;

    private const string SingleTaps = "Tap=float";
    private const string DoubleTaps = "Tap=double";
    private static readonly KernelSource s_source = Source("Filtering/Upfirdn.cu", SingleTaps, DoubleTaps);

    /// <param name="x">Any shape, floats.</param>
    /// <param name="filter">The taps, <c>[K]</c>, Float32 or Float64 for any type of <paramref name="x"/>.</param>
    /// <param name="axis">The axis to filter, from 0.</param>
    /// <param name="up">Upsampling factor: <paramref name="up"/> - 1 zeros follow each sample.</param>
    /// <param name="down">
    /// Downsampling factor: every <paramref name="down"/>-th output is kept, starting with the first.
    /// </param>
    /// <param name="padBefore">Zeros added before the samples, at the higher rate; negative to crop.</param>
    /// <param name="padAfter">Zeros added after the samples, at the higher rate; negative to crop.</param>
    /// <param name="flip">False to convolve, true to correlate: the filter is then not reversed.</param>
    /// <param name="gain">Multiplies the result.</param>
    /// <returns>
    /// A new tensor with (L up + padBefore + padAfter - K) / down + 1 elements along the axis; the caller or its scope
    /// disposes it.
    /// </returns>
    /// <exception cref="ShapeException">
    /// The filter is not a vector of such a type or is longer than the padded axis, the axis does not exist or is
    /// empty, or a rate is below 1.
    /// </exception>
    public static Tensor Forward(
        Tensor x, Tensor filter, int axis, int up, int down, int padBefore, int padAfter, bool flip = false,
        float gain = 1)
    {
        Require.Float(x);
        Require.Rank(filter, 1);
        Require.That(
            axis >= 0 && axis < x.Shape.Rank && x.Shape[axis] > 0, $"axis {axis} of {x.Shape} has nothing to filter");
        int tapCount = filter.Shape[0];
        int length = x.Shape[axis];
        int outputLength = new Resampling(up, down, padBefore, padAfter).OutputLength(length, tapCount);
        string variant = Variant(filter);

        Tensor y = Tensor.Empty(x.Shape.With(axis, outputLength), x.Type, x.Device);
        if (y.ElementCount == 0) return y;
        int inner = Require.Product(x, axis + 1, x.Shape.Rank);
        int chunk = x.Device.WarpSize == 1 ? LaunchShape.ElementsPerBlock : ChunkLength;
        RowTiling tiling = new(y.ElementCount / inner, inner, PackWidths.For(inner, x, y), chunk);
        UpfirdnPlan plan = new(length, outputLength, tapCount, up, down, padBefore, flip, gain);
        Kernel kernel = x.Device.Load(s_source, x.Type, variant).Kernel("Upfirdn");
        LaunchShape shape = tiling.Shape(x.Device) with
        {
            Cost = LaunchCost.Of(x, filter, y) with { Operations = 2 * y.ElementCount * tapCount / up },
        };
        kernel.Launch(shape, x, filter, y, KernelArgument.Structure(ref tiling), KernelArgument.Structure(ref plan));
        return y;
    }

    private static string Variant(Tensor filter)
    {
        bool isSingle = filter.Type == ElementType.Float32;
        Require.That(
            isSingle || filter.Type == ElementType.Float64, $"the filter must have 32 or 64 bits, got {filter}");
        return isSingle ? SingleTaps : DoubleTaps;
    }
}
