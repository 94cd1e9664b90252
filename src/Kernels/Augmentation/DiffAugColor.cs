using System.Numerics;
using GenKernels.Kernels.Common;
using GenKernels.Kernels.Elementwise;
using GenKernels.Kernels.Reduction;

namespace GenKernels.Kernels.Augmentation;

/// <summary>Launches <c>DiffAugColor.cu</c>: brightness, saturation and contrast of whole clips.</summary>
public static class DiffAugColor
{
    // Videos have three channels; the compiler vectorises the loops when the number is a constant.
    private static readonly string[] s_variants = ["Channels=0", "Channels=3"];
    private static readonly KernelSource s_source = Source("Augmentation/DiffAugColor.cu", s_variants);

    /// <param name="x">Clips, <c>[N, T, H, W, C]</c>, floats.</param>
    /// <param name="brightness">Uniform draws u in [0, 1), <c>[N]</c>, Float32: u - 1/2 is added to x.</param>
    /// <param name="saturation">Draws as above: deviations from the mean of the pixel are multiplied by 2 u.</param>
    /// <param name="contrast">Draws as above: deviations from the mean of the clip are multiplied by u + 1/2.</param>
    /// <returns>A new tensor of the shape of <paramref name="x"/>; the caller or its scope disposes it.</returns>
    /// <exception cref="ShapeException">The clips have another rank, or a draw is not one number per clip.</exception>
    public static Tensor Forward(Tensor x, Tensor brightness, Tensor saturation, Tensor contrast)
    {
        ClipDraws.Check(x, brightness, ElementType.Float32);

        return Launch(x, brightness, saturation, contrast);
    }

    /// <summary><see cref="Forward"/> without brightness: linear and self-adjoint.</summary>
    /// <inheritdoc cref="Forward"/>
    public static Tensor Linear(Tensor x, Tensor saturation, Tensor contrast) => Launch(x, null, saturation, contrast);

    private static Tensor Launch(Tensor x, Tensor? brightness, Tensor saturation, Tensor contrast)
    {
        Require.Float(x);
        Require.Rank(x, 5);
        ClipDraws.Check(x, saturation, ElementType.Float32);
        ClipDraws.Check(x, contrast, ElementType.Float32);
        int clipCount = x.Shape[0];
        int channelCount = x.Shape[4];
        int pixelCount = Require.Product(x, 1, 4);

        Tensor y = Tensor.Empty(x.Shape, x.Type, x.Device);
        if (y.ElementCount == 0) return y;
        long count = x.Shape.Product(1, 5);
        float unit = 1f / BitOperations.RoundUpToPowerOf2((ulong)count);
        using Tensor sum = Sum(x, unit);  // [N, 1, 1, 1, 1]
        RowTiling tiling = new(clipCount, pixelCount);
        Kernel kernel = x.Device.Load(s_source, x.Type, s_variants[channelCount == 3 ? 1 : 0]).Kernel("DiffAugColor");
        LaunchShape shape = tiling.Shape(x.Device) with
        {
            Cost = LaunchCost.Of(x, sum, brightness, saturation, contrast, y),
        };
        kernel.Launch(
            shape, x, sum, brightness, saturation, contrast, y, KernelArgument.Structure(ref tiling),
            channelCount, 1.0 / unit / count);
        return y;
    }

    /// <summary>
    /// The sum over each clip, frames scaled first by a power of two, which is exact: the plain sum could overflow a
    /// 16-bit float.
    /// </summary>
    private static Tensor Sum(Tensor x, float unit)
    {
        using Tensor frames = Reduce.Forward(ReduceKind.Sum, x, 2, 3);  // [N, T, 1, 1, 1]
        Unary.Into(UnaryKind.Affine, frames, frames, unit);
        return Reduce.Forward(ReduceKind.Sum, frames, 1, 1);
    }
}
