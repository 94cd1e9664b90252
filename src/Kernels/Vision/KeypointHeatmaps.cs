using GenKernels.Kernels.Common;

namespace GenKernels.Kernels.Vision;

/// <summary>
/// Launches <c>KeypointHeatmaps.cu</c>: draws poses as Gaussian spots or lines, one channel per keypoint or limb.
/// </summary>
public static class KeypointHeatmaps
{
    private static readonly KernelSource s_source = Source("Vision/KeypointHeatmaps.cu");

    /// <summary>
    /// The 17 limbs between the 18 keypoints of a body (nose, neck, right then left arm, right then left leg, eyes,
    /// ears), as pairs of keypoint indices from 0.
    /// </summary>
    public static IReadOnlyList<(int From, int To)> BodyLimbs { get; } =
    [
        (0, 1), (0, 14), (0, 15), (1, 2), (1, 5), (1, 8), (1, 11), (2, 3), (3, 4), (5, 6), (6, 7), (8, 9), (9, 10),
        (11, 12), (12, 13), (14, 16), (15, 17),
    ];

    /// <param name="keypoints">
    /// Column and row in pixels, 0 at the centre of the first pixel, and visibility in [0, 1], <c>[N, K, 3]</c>,
    /// Float32.
    /// </param>
    /// <param name="height">Rows of the maps; positive.</param>
    /// <param name="width">Columns of the maps; positive.</param>
    /// <param name="type">The type of the result, a float type.</param>
    /// <param name="sigma">The distance at which a map falls to 1/e, in pixels; <see cref="Sigma"/> by default.</param>
    /// <returns>
    /// A new tensor, <c>[N, height, width, K]</c>: 1 at a visible keypoint, 1/e at sigma pixels from it; the caller or
    /// its scope disposes it.
    /// </returns>
    /// <exception cref="ShapeException">The keypoints have another shape or type.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A size or the distance is not positive.</exception>
    public static Tensor Forward(
        Tensor keypoints, int height, int width, ElementType type = ElementType.Float32, double? sigma = null)
    {
        Check(keypoints, height, width, sigma);

        return Launch(keypoints, null, height, width, type, sigma);
    }

    /// <summary>Draws segments between keypoints instead, with the product of the visibilities of both ends.</summary>
    /// <param name="keypoints">As in <see cref="Forward"/>.</param>
    /// <param name="limbs">
    /// The two keypoints of each segment, such as <see cref="BodyLimbs"/>, <c>[L, 2]</c>, Int32 from 0 to K - 1, which
    /// is not checked.
    /// </param>
    /// <param name="height">Rows of the maps; positive.</param>
    /// <param name="width">Columns of the maps; positive.</param>
    /// <param name="type">The type of the result, a float type.</param>
    /// <param name="sigma">The distance at which a map falls to 1/e, in pixels; <see cref="Sigma"/> by default.</param>
    /// <returns>A new tensor, <c>[N, height, width, L]</c>; the caller or its scope disposes it.</returns>
    /// <exception cref="ShapeException">The keypoints or limbs have another shape or type.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A size or the distance is not positive.</exception>
    public static Tensor Limbs(
        Tensor keypoints, Tensor limbs, int height, int width, ElementType type = ElementType.Float32,
        double? sigma = null)
    {
        Check(keypoints, height, width, sigma);
        Require.Shape(limbs, [-1, 2]);
        Require.Kind(limbs, ElementType.Int32, keypoints.Device);

        return Launch(keypoints, limbs, height, width, type, sigma);
    }

    /// <returns>The default sigma in pixels: a tenth of the shorter side, at least 1.</returns>
    public static double Sigma(int height, int width) => Math.Max(1, 0.1 * Math.Min(height, width));

    private static void Check(Tensor keypoints, int height, int width, double? sigma)
    {
        Require.Shape(keypoints, [-1, -1, 3]);
        Require.That(
            keypoints.Type == ElementType.Float32, $"keypoints must hold 32-bit floats, got {keypoints}");
        Require.Positive(height);
        Require.Positive(width);
        if (sigma is { } distance) Require.Positive(distance);
    }

    private static Tensor Launch(
        Tensor keypoints, Tensor? limbs, int height, int width, ElementType type, double? sigma)
    {
        (int pictures, int keypointCount) = (keypoints.Shape[0], keypoints.Shape[1]);
        int mapCount = limbs is null ? keypointCount : limbs.Shape[0];
        Tensor y = Tensor.Empty([pictures, height, width, mapCount], type, keypoints.Device);
        if (y.ElementCount == 0) return y;
        HeatmapPlan plan = new(height, width, keypointCount, mapCount, sigma ?? Sigma(height, width));
        RowTiling tiling = new((long)pictures * height, checked(width * mapCount));
        LaunchShape shape = tiling.Shape(y.Device) with { Cost = LaunchCost.Of(keypoints, limbs, y) };
        KernelModule module = y.Device.Load(s_source, type);
        if (limbs is not null)
        {
            module.Kernel("KeypointHeatmapsLimbs").Launch(
                shape, keypoints, limbs, y, KernelArgument.Structure(ref tiling), KernelArgument.Structure(ref plan));
            return y;
        }

        using Tensor factors = Tensor.Empty([pictures, height + width, keypointCount], type.SumType(), y.Device);
        LaunchShape elements = LaunchShape.Elements(y.Device, factors.ElementCount);
        module.Kernel("KeypointHeatmapsFactors").Launch(
            elements with { Cost = LaunchCost.Of(keypoints, factors) }, keypoints, factors, factors.ElementCount,
            KernelArgument.Structure(ref plan));
        module.Kernel("KeypointHeatmaps").Launch(
            shape, factors, y, KernelArgument.Structure(ref tiling), KernelArgument.Structure(ref plan));
        return y;
    }
}
