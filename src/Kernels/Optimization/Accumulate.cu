// Accumulate: adds a tensor to another in place.
//   y[i] = y[i] + x[i]
//
// Shapes   x, y: n elements, contiguous
// Types    stored as Scalar, added in Accumulator
// Launch   one block for every ElementsPerBlock elements; any block size; isPacked where all addresses are multiples
//          of 16 bytes
// Cost     reads 2n, writes n: bound by memory
#include "Common/Prelude.cuh"
#include "Common/Elements.cuh"

KERNEL Accumulate(const Scalar* __restrict__ x, Scalar* __restrict__ y, Int64 count, int isPacked)
{
    ForEachElement<PackLength<Scalar>>(count, isPacked, [=](auto width, Int64 i) {
        const Pack<width.Value> added = LoadPack<width.Value>(x + i);
        Pack<width.Value> pack = LoadPack<width.Value>(y + i);
        width.ForEach([&](int k) {
            pack.value[k] = Scalar(Accumulator(pack.value[k]) + Accumulator(added.value[k]));
        });
        StorePack(y + i, pack);
    });
}
