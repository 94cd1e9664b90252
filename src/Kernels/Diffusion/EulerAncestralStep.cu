// EulerAncestralStep: an Euler step to below the target noise level, then new noise back up to the target level.
//   y = x + (x - denoised) / sigma (sigmaDown - sigma) + sigmaUp noise
//
// Shapes   x, denoised, noise, y: n elements, contiguous; schedule: [3], sigma, sigmaDown, sigmaUp, in device memory,
//          so that a recorded step can be replayed with other values
// Types    stored as Scalar, computed in Accumulator; schedule float
// Launch   one block for every ElementsPerBlock elements; any block size; isPacked where all addresses are multiples
//          of 16 bytes
// Cost     reads 3n, writes n: bound by memory
// Limits   sigma > 0; without noise (null) the last term is dropped
// Source   Karras et al. 2022, Elucidating the Design Space of Diffusion-Based Generative Models, algorithm 1; Song et
//          al. 2021, Score-Based Generative Modeling, appendix F (ancestral sampling)
#include "Common/Prelude.cuh"
#include "Common/Elements.cuh"

KERNEL EulerAncestralStep(
    const Scalar* __restrict__ x, const Scalar* __restrict__ denoised, const Scalar* __restrict__ noise,
    const float* __restrict__ schedule, Scalar* __restrict__ y, Int64 count, int isPacked)
{
    const Accumulator sigma = schedule[0];
    const Accumulator stride = Accumulator(schedule[1]) - sigma;
    const Accumulator added = schedule[2];
    ForEachElement<PackLength<Scalar>>(count, isPacked, [=](auto width, Int64 i) {
        const Pack<width.Value> clean = LoadPack<width.Value>(denoised + i);
        Pack<width.Value> pack = LoadPack<width.Value>(x + i), drawn = {};
        if (noise) drawn = LoadPack<width.Value>(noise + i);
        width.ForEach([&](int k) {
            const Accumulator value = pack.value[k];
            const Accumulator slope = (value - Accumulator(clean.value[k])) / sigma;
            pack.value[k] = Scalar(value + slope * stride + added * Accumulator(drawn.value[k]));
        });
        StorePack(y + i, pack);
    });
}
