using GenKernels.Kernels.Augmentation;

namespace GenKernels.Autograd;

/// <summary>DiffAugment (Zhao et al. 2020) for videos: colour, then translation, then cutout.</summary>
public static class DiffAugOperation
{
    /// <summary>Differentiable to any order.</summary>
    /// <param name="x">Clips, <c>[N, T, H, W, C]</c>, floats.</param>
    /// <param name="draws">One number per clip for each part; a part without draws is skipped.</param>
    /// <returns>Clips of the shape of <paramref name="x"/>.</returns>
    /// <exception cref="ShapeException">
    /// The clips have another rank, a draw is not one number per clip, or only some draws of a part are given.
    /// </exception>
    public static Variable DiffAug(this Variable x, DiffAugDraws draws)
    {
        Variable y = x;
        bool hasColor = draws.Brightness is not null || draws.Saturation is not null || draws.Contrast is not null;
        if (hasColor) y = y.DiffAugColor(Drawn(draws.Brightness), Drawn(draws.Saturation), Drawn(draws.Contrast));
        bool hasShift = draws.Rows is not null || draws.Columns is not null;
        bool hasCutout = draws.CutoutRows is not null || draws.CutoutColumns is not null;
        if (!hasShift && !hasCutout) return y;
        return y.DiffAugShift(draws.Rows, draws.Columns, draws.CutoutRows, draws.CutoutColumns);
    }

    private static Tensor Drawn(Tensor? draw) =>
        draw ?? throw new ShapeException("DiffAug: brightness, saturation and contrast come together, or none does");
}
