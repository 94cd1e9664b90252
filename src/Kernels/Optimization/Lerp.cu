// Lerp: moves a tensor towards another, as a moving average does.
//   y[i] = y[i] + weight (x[i] - y[i])
//
// Shapes   x, y: n elements, contiguous; weight: [1], in device memory, so that a recorded step can be replayed with
//          another value
// Types    stored as Scalar, computed in Accumulator; weight float
// Launch   one block for every ElementsPerBlock elements; any block size; isPacked where all addresses are multiples
//          of 16 bytes
// Cost     reads 2n, writes n: bound by memory
#include "Common/Prelude.cuh"
#include "Common/Elements.cuh"
#include "Common/Interpolate.cuh"

KERNEL Lerp(
    const Scalar* __restrict__ x, Scalar* __restrict__ y, const float* __restrict__ weight, Int64 count, int isPacked)
{
    const Accumulator amount = weight[0];
    ForEachElement<PackLength<Scalar>>(count, isPacked, [=](auto width, Int64 i) {
        const Pack<width.Value> to = LoadPack<width.Value>(x + i);
        Pack<width.Value> pack = LoadPack<width.Value>(y + i);
        width.ForEach([&](int k) {
            pack.value[k] = Scalar(Interpolate(Accumulator(pack.value[k]), Accumulator(to.value[k]), amount));
        });
        StorePack(y + i, pack);
    });
}
