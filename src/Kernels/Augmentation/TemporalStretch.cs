using GenKernels.Kernels.Common;

namespace GenKernels.Kernels.Augmentation;

/// <summary>
/// Launches <c>TemporalStretch.cu</c>: resamples every clip to its own speed, then pads it with zeros and crops it.
/// </summary>
public static class TemporalStretch
{
    private static readonly KernelSource s_source = Source("Augmentation/TemporalStretch.cu");

    /// <param name="x">Clips, <c>[N, T, …]</c>, floats.</param>
    /// <param name="scale">
    /// Factor by which each clip becomes longer, <c>[N]</c>, Float32, positive: to floor(T scale) frames.
    /// </param>
    /// <param name="padding">Zero frames put before the stretched clip, <c>[N]</c>, Int32.</param>
    /// <param name="cropStart">Index in the padded clip of the first frame that is kept, <c>[N]</c>, Int32.</param>
    /// <param name="frameCount">Frames of the result; zeros past the end of the clip.</param>
    /// <returns>A new tensor, <c>[N, frameCount, …]</c>; the caller or its scope disposes it.</returns>
    /// <exception cref="ShapeException">There is no frame, or a draw is not one number per clip.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="frameCount"/> is not positive.</exception>
    public static Tensor Forward(Tensor x, Tensor scale, Tensor padding, Tensor cropStart, int frameCount)
    {
        Check(x, scale, padding, cropStart);
        Require.Positive(frameCount);

        return Launch("TemporalStretch", x, scale, padding, cropStart, frameCount, x.Shape[1], frameCount);
    }

    /// <summary>The adjoint of <see cref="Forward"/>.</summary>
    /// <param name="g">The upstream gradient, <c>[N, M, …]</c>.</param>
    /// <param name="scale">As in <see cref="Forward"/>.</param>
    /// <param name="padding">As in <see cref="Forward"/>.</param>
    /// <param name="cropStart">As in <see cref="Forward"/>.</param>
    /// <param name="frameCount">Frames of the input of <see cref="Forward"/>.</param>
    /// <returns>A new tensor, <c>[N, frameCount, …]</c>; the caller or its scope disposes it.</returns>
    /// <exception cref="ShapeException">There is no frame, or a draw is not one number per clip.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="frameCount"/> is not positive.</exception>
    public static Tensor Gradient(Tensor g, Tensor scale, Tensor padding, Tensor cropStart, int frameCount)
    {
        Check(g, scale, padding, cropStart);
        Require.Positive(frameCount);

        return Launch("TemporalStretchGradient", g, scale, padding, cropStart, frameCount, frameCount, g.Shape[1]);
    }

    private static void Check(Tensor x, Tensor scale, Tensor padding, Tensor cropStart)
    {
        Require.Float(x);
        Require.That(
            x.Shape.Rank >= 2 && x.Shape[1] > 0, $"clips must have the shape [N, T, ...] with a frame, got {x.Shape}");
        ClipDraws.Check(x, scale, ElementType.Float32);
        ClipDraws.Check(x, padding, ElementType.Int32);
        ClipDraws.Check(x, cropStart, ElementType.Int32);
    }

    private static Tensor Launch(
        string name, Tensor x, Tensor scale, Tensor padding, Tensor cropStart, int resultFrames, int frameCount,
        int outputFrameCount)
    {
        Tensor y = Tensor.Empty(x.Shape.With(1, resultFrames), x.Type, x.Device);
        if (y.ElementCount == 0) return y;
        int rowLength = Require.Product(x, 2, x.Shape.Rank);
        RowTiling tiling = new(y.ElementCount / rowLength, rowLength);
        Kernel kernel = x.Device.Load(s_source, x.Type).Kernel(name);
        LaunchShape shape = tiling.Shape(x.Device) with { Cost = LaunchCost.Of(x, scale, padding, cropStart, y) };
        kernel.Launch(
            shape, x, scale, padding, cropStart, y, KernelArgument.Structure(ref tiling), frameCount, outputFrameCount);
        return y;
    }
}
