// DdimStep: a step of denoising diffusion implicit models, from the noise that a network sees in a sample.
//   clean = (x - spread noiseSeen) / signal
//   y     = nextSignal clean + direction noiseSeen + sigma noise
//
// Shapes   x, noiseSeen, noise, y, clean: n elements, contiguous; schedule: [5], signal, spread, nextSignal,
//          direction, sigma, on the device, so that a recorded step can be given others
// Types    stored as Scalar, computed in Accumulator; schedule float
// Launch   one block for every ElementsPerBlock elements; any block size
// Cost     reads 3n, writes 2n: bound by memory
// Limits   signal > 0; without noise the last term is missing; clean is written where it is asked for
// Source   Song et al. 2021, Denoising Diffusion Implicit Models, equation 12
#include "Common/Prelude.cuh"

KERNEL DdimStep(
    const Scalar* __restrict__ x, const Scalar* __restrict__ noiseSeen, const Scalar* __restrict__ noise,
    const float* __restrict__ schedule, Scalar* __restrict__ y, Scalar* __restrict__ clean, Int64 count)
{
    const Accumulator signal = schedule[0];
    const Accumulator spread = schedule[1];
    const Accumulator nextSignal = schedule[2];
    const Accumulator direction = schedule[3];
    const Accumulator sigma = schedule[4];
    const Int64 begin = (Int64)blockIdx.x * ElementsPerBlock;
    const Int64 end = Minimum(count, begin + ElementsPerBlock);
    for (Int64 i = begin + threadIdx.x; i < end; i += blockDim.x) {
        const Accumulator seen = noiseSeen[i];
        const Accumulator predicted = (Accumulator(x[i]) - spread * seen) / signal;
        Accumulator value = nextSignal * predicted + direction * seen;
        if (noise) value += sigma * Accumulator(noise[i]);
        y[i] = Scalar(value);
        if (clean) clean[i] = Scalar(predicted);
    }
}
