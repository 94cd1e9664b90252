using GenKernels.Kernels.Common;

namespace GenKernels.Kernels.Vision;

/// <summary>Launches <c>ColorHistogram.cu</c>: how many pixels of each frame have each colour.</summary>
public static class ColorHistogram
{
    private const int MostLevels = 256;
    private static readonly KernelSource s_source = Source("Vision/ColorHistogram.cu");

    /// <param name="x">Frames, <c>[N, …, 3]</c>, floats in [-1, 1]; what lies outside counts as the end.</param>
    /// <param name="levelCount">
    /// Levels of each channel, 2 to 256: level floor((v/2 + 1/2) (levels - 1) + 1/2), so that the two at the ends are
    /// half as wide as the others.
    /// </param>
    /// <returns>
    /// A new tensor of exact counts, <c>[N, levels, levels, levels]</c> of 32-bit integers: red, green, blue; the
    /// caller or its scope disposes it.
    /// </returns>
    /// <exception cref="ShapeException">No colours, or another number of levels.</exception>
    public static Tensor Forward(Tensor x, int levelCount)
    {
        Require.Float(x);
        Require.That(
            x.Shape.Rank >= 2 && x.Shape[x.Shape.Rank - 1] == 3, $"frames must have the shape [N, ..., 3], got {x}");
        Require.That(
            levelCount is >= 2 and <= MostLevels, $"there can be 2 to {MostLevels} levels, not {levelCount}");

        Tensor y = Tensor.Zeros([x.Shape[0], levelCount, levelCount, levelCount], ElementType.Int32, x.Device);
        if (x.ElementCount == 0) return y;
        RowWalk walk = new(x.Shape[0], Require.Product(x, 1, x.Shape.Rank - 1));
        LaunchShape shape = x.Device.WarpSize == 1 ? LaunchShape.Blocks(x.Device, x.Shape[0]) : walk.Shape(x.Device);
        x.Device.Load(s_source, x.Type).Kernel("ColorHistogram").Launch(
            shape with { Cost = LaunchCost.Of(x, y) }, x, y, KernelArgument.Structure(ref walk), levelCount);
        return y;
    }
}
