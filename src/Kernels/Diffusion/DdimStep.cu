// DdimStep: a step of denoising diffusion implicit models, from a network's prediction of the noise in a sample.
//   clean = (x - spread noiseSeen) / signal
//   y     = nextSignal clean + direction noiseSeen + sigma noise
//
// Shapes   x, noiseSeen, noise, y, clean: n elements, contiguous; schedule: [5], signal, spread, nextSignal,
//          direction, sigma, in device memory, so that a recorded step can be replayed with other values
// Types    stored as Scalar, computed in Accumulator; schedule float
// Launch   one block for every ElementsPerBlock elements; any block size; isPacked where all addresses are multiples
//          of 16 bytes
// Cost     reads 3n, writes 2n: bound by memory
// Limits   signal > 0; without noise (null) the last term is dropped; clean is written unless null
// Source   Song et al. 2021, Denoising Diffusion Implicit Models, equation 12
#include "Common/Prelude.cuh"
#include "Common/Elements.cuh"

KERNEL DdimStep(
    const Scalar* __restrict__ x, const Scalar* __restrict__ noiseSeen, const Scalar* __restrict__ noise,
    const float* __restrict__ schedule, Scalar* __restrict__ y, Scalar* __restrict__ clean, Int64 count,
    int isPacked)
{
    const Accumulator signal = schedule[0];
    const Accumulator spread = schedule[1];
    const Accumulator nextSignal = schedule[2];
    const Accumulator direction = schedule[3];
    const Accumulator sigma = schedule[4];
    ForEachElement<PackLength<Scalar>>(count, isPacked, [=](auto width, Int64 i) {
        const Pack<width.Value> seen = LoadPack<width.Value>(noiseSeen + i);
        Pack<width.Value> pack = LoadPack<width.Value>(x + i), added = {}, predicted;
        if (noise) added = LoadPack<width.Value>(noise + i);
        width.ForEach([&](int k) {
            const Accumulator unscaled = Accumulator(pack.value[k]) - spread * Accumulator(seen.value[k]);
            const Accumulator start = unscaled / signal;
            const Accumulator next = nextSignal * start + direction * Accumulator(seen.value[k]);
            pack.value[k] = Scalar(next + sigma * Accumulator(added.value[k]));
            predicted.value[k] = Scalar(start);
        });
        StorePack(y + i, pack);
        if (clean) StorePack(clean + i, predicted);
    });
}
