using GenKernels.Kernels.Common;

namespace GenKernels.Kernels.Vision;

/// <summary>Launches <c>ColorHistogram.cu</c>: how many pixels of each frame have each colour.</summary>
public static class ColorHistogram
{
    private const int MostLevels = 256;
    private static readonly KernelSource s_source = Source("Vision/ColorHistogram.cu");

    /// <param name="x">Frames, <c>[N, …, 3]</c>, floats in [-1, 1]; values outside are clamped.</param>
    /// <param name="levelCount">
    /// Levels per channel, 2 to 256: a value v has level floor((v/2 + 1/2) (levels - 1) + 1/2), so that the first and
    /// last level are half as wide as the others.
    /// </param>
    /// <returns>
    /// A new tensor of exact counts, <c>[N, levels, levels, levels]</c>, Int32, indexed by red, green, blue; the caller
    /// or its scope disposes it.
    /// </returns>
    /// <exception cref="ShapeException">
    /// The last axis is not three colours, or the number of levels is out of range.
    /// </exception>
    public static Tensor Forward(Tensor x, int levelCount)
    {
        Require.Float(x);
        Require.That(
            x.Shape.Rank >= 2 && x.Shape[x.Shape.Rank - 1] == 3, $"frames must have the shape [N, ..., 3], got {x}");
        Require.That(
            levelCount is >= 2 and <= MostLevels, $"there can be 2 to {MostLevels} levels, not {levelCount}");

        Tensor y = Tensor.Zeros([x.Shape[0], levelCount, levelCount, levelCount], ElementType.Int32, x.Device);
        if (x.ElementCount == 0) return y;
        RowTiling tiling = new(x.Shape[0], Require.Product(x, 1, x.Shape.Rank - 1));
        LaunchShape shape = x.Device.WarpSize == 1 ? LaunchShape.Blocks(x.Device, x.Shape[0]) : tiling.Shape(x.Device);
        x.Device.Load(s_source, x.Type).Kernel("ColorHistogram").Launch(
            shape with { Cost = LaunchCost.Of(x, y) }, x, y, KernelArgument.Structure(ref tiling), levelCount);
        return y;
    }
}
