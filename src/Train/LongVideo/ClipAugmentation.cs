using GenKernels.Autograd;
using GenKernels.Kernels.Augmentation;
using GenKernels.Runtime;

namespace GenKernels.Train.LongVideo;

/// <summary>One draw of the augmentations that the discriminator's input goes through.</summary>
/// <param name="DiffAug">Colour, translation and cutout; or null.</param>
/// <param name="Stretch">Temporal stretch; or null.</param>
/// <remarks>Source: Zhao et al. 2020, Differentiable Augmentation; Brooks et al. 2022, Generating Long Videos, section
/// 4.1.</remarks>
public sealed record ClipAugmentation(DiffAugDraws? DiffAug, StretchDraws? Stretch)
{
    /// <param name="video">Clips, <c>[N, T, H, W, 3]</c>.</param>
    /// <returns>Clips of the same shape.</returns>
    public Variable Apply(Variable video)
    {
        if (DiffAug is not null) video = video.DiffAug(DiffAug);
        return Stretch is null ? video : video.TemporalStretch(Stretch.Scale, Stretch.Padding, Stretch.CropStart);
    }

    /// <returns>All drawn tensors in a fixed order, null for those left out.</returns>
    internal static Tensor?[] Tensors(ClipAugmentation? augmentation)
    {
        (DiffAugDraws? draws, StretchDraws? stretch) = (augmentation?.DiffAug, augmentation?.Stretch);
        return
        [
            draws?.Brightness, draws?.Saturation, draws?.Contrast, draws?.Rows, draws?.Columns, draws?.CutoutRows,
            draws?.CutoutColumns, stretch?.Scale, stretch?.Padding, stretch?.CropStart,
        ];
    }

    /// <param name="tensors">In the order of <see cref="Tensors"/>.</param>
    internal static ClipAugmentation From(ReadOnlySpan<Tensor?> tensors)
    {
        DiffAugDraws draws = new(
            tensors[0], tensors[1], tensors[2], tensors[3], tensors[4], tensors[5], tensors[6]);
        StretchDraws? stretch =
            tensors[7] is { } scale ? new StretchDraws(scale, tensors[8]!, tensors[9]!) : null;
        return new ClipAugmentation(draws == new DiffAugDraws() ? null : draws, stretch);
    }
}
