using GenKernels.Autograd;
using GenKernels.Kernels.Augmentation;

namespace GenKernels.Train.LongVideo;

/// <summary>One draw of all that is done to clips before the discriminator sees them.</summary>
/// <param name="DiffAug">Colour, translation and cutout; or null.</param>
/// <param name="Stretch">Speeds; or null.</param>
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
}
