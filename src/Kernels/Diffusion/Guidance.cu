// Guidance: classifier-free guidance, which extrapolates from a network's unconditional to its conditional prediction.
//   Branches 2:  y = u + scale[0] (c - u)
//   Branches 3:  y = u + scale[0] (c - i) + scale[1] (i - u)
//   c with all conditions, i without the first one, u without any
//
// Shapes   x: [Branches, n], in the order c, (i,) u; y: n elements; scale: [Branches - 1], in device memory, so that a
//          recorded step can be replayed with other values; contiguous
// Types    stored as Scalar, computed in Accumulator; scale float
// Launch   one block for every ElementsPerBlock elements; any block size; isPacked where all addresses are multiples
//          of 16 bytes
// Cost     reads Branches*n, writes n: bound by memory
// Source   Ho and Salimans 2022, Classifier-Free Diffusion Guidance, equation 6; Brooks et al. 2023,
//          InstructPix2Pix, equation 3
#include "Common/Prelude.cuh"
#include "Common/Elements.cuh"

KERNEL Guidance(
    const Scalar* __restrict__ x, const float* __restrict__ scale, Scalar* __restrict__ y, Int64 count, int isPacked)
{
    const Accumulator first = scale[0];
    const Accumulator second = Branches == 3 ? scale[Branches - 2] : 0;
    const Scalar* without = x + (Branches - 1) * count;
    ForEachElement<PackLength<Scalar>>(count, isPacked, [=](auto width, Int64 i) {
        const Pack<width.Value> none = LoadPack<width.Value>(without + i);
        const Pack<width.Value> some = Branches == 3 ? LoadPack<width.Value>(x + count + i) : none;
        Pack<width.Value> pack = LoadPack<width.Value>(x + i);
        width.ForEach([&](int k) {
            const Accumulator u = none.value[k], middle = some.value[k];
            pack.value[k] = Scalar(u + first * (Accumulator(pack.value[k]) - middle) + second * (middle - u));
        });
        StorePack(y + i, pack);
    });
}
