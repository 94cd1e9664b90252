// DiffAugColor: brightness, saturation and contrast of whole clips, one draw per clip.
//   y = contrast(saturation(brightness(x))), each with its own u, uniform in [0, 1):
//   brightness(x) = x + u - 1/2, saturation(x) = 2 u (x - m) + m with m the mean over the channels of a pixel,
//   contrast(x) = (u + 1/2) (x - m) + m with m the mean over the clip
//
// Shapes   x, y: [N, P, C], P pixels of all frames; the three draws u: [N]; sum: [N], which times meanScale is the mean
//          over the clip; contiguous
// Types    stored as Scalar, computed in Accumulator; draws are float
// Launch   rows of pixels distributed by RowTiling; any block size
// Cost     reads N*P*C (a pixel's second pass comes from cache), writes N*P*C: bound by memory
// Limits   C >= 1; without brightness (null) the linear part, which is self-adjoint
// Source   Zhao et al. 2020, Differentiable Augmentation for Data-Efficient GAN Training, section 3
#include "Common/Prelude.cuh"
#include "Common/Rows.cuh"

KERNEL DiffAugColor(
    const Scalar* __restrict__ x, const Scalar* __restrict__ sum, const float* __restrict__ brightness,
    const float* __restrict__ saturation, const float* __restrict__ contrast, Scalar* __restrict__ y, RowTiling tiling,
    int channelCount, double meanScale)
{
    const int channels = Channels > 0 ? Channels : channelCount;
    ForEachRow(tiling, [=](Int64 clip, int first, int end, int step) {
        const Accumulator offset = brightness ? Accumulator(brightness[clip]) - Accumulator(0.5) : Accumulator(0);
        const Accumulator colour = 2 * Accumulator(saturation[clip]);
        const Accumulator strength = Accumulator(contrast[clip]) + Accumulator(0.5);
        const Accumulator constant = (1 - strength) * Accumulator(sum[clip]) * Accumulator(meanScale) + offset;
        const Accumulator share = Accumulator(1) / channels;
        const Scalar* from = x + clip * tiling.rowLength * channels;
        Scalar* to = y + clip * tiling.rowLength * channels;
        for (int pixel = first; pixel < end; pixel += WarpSize == 1 ? 1 : step) {
            const Int64 start = (Int64)pixel * channels;
            Accumulator grey = 0;
            for (int c = 0; c < channels; c++) grey += Accumulator(from[start + c]);
            grey *= share;
            for (int c = 0; c < channels; c++) {
                const Accumulator saturated = colour * (Accumulator(from[start + c]) - grey) + grey;
                to[start + c] = Scalar(strength * saturated + constant);
            }
        }
    });
}
