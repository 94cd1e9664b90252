// ForwardDiffusion: each sample noised to its own noise level, q(x_t | x_0).
//   y[n,i] = signal[t[n]] x[n,i] + spread[t[n]] noise[n,i]
//
// Shapes   x, noise, y: [N, I]; t: [N]; signal, spread: [L], one number per level; contiguous
// Types    stored as Scalar, computed in Accumulator; t int, signal and spread float
// Launch   rows distributed by RowTiling, in packs where addresses allow; any block size
// Cost     reads 2*N*I, writes N*I: bound by memory
// Limits   without noise (null) the second term is dropped; a level outside 0 .. L - 1 gives NaN
// Source   Ho et al. 2020, Denoising Diffusion Probabilistic Models, equation 4
#include "Common/Prelude.cuh"
#include "Common/Rows.cuh"

KERNEL ForwardDiffusion(
    const Scalar* __restrict__ x, const Scalar* __restrict__ noise, const int* __restrict__ level,
    const float* __restrict__ signal, const float* __restrict__ spread, Scalar* __restrict__ y, RowTiling tiling,
    int levelCount)
{
    ForEachRowPack<PackLength<Scalar>>(tiling, [=](Int64 row) {
        const int t = level[row];
        const bool isKnown = t >= 0 && t < levelCount;
        const Accumulator kept = isKnown ? Accumulator(signal[t]) : Accumulator(Infinity() - Infinity());
        const Accumulator added = isKnown && noise ? Accumulator(spread[t]) : Accumulator(0);
        const Int64 start = row * tiling.rowLength;
        return [=](auto width, int i) {
            Pack<width.Value> pack = LoadPack<width.Value>(x + start + i), drawn = {};
            if (noise) drawn = LoadPack<width.Value>(noise + start + i);
            width.ForEach([&](int k) {
                pack.value[k] = Scalar(kept * Accumulator(pack.value[k]) + added * Accumulator(drawn.value[k]));
            });
            StorePack(y + start + i, pack);
        };
    });
}
