// Accumulate: adds tensors to parts of another in place, or puts them there.
//   y[start[p] + i] = (isFirst ? 0 : y[start[p] + i]) + x[p][i]
//
// Shapes   x0 ... x7: count[p] elements each, contiguous, null after the last part; y: contiguous; the parts do not
//          overlap
// Types    stored as Scalar, added in Accumulator
// Launch   one block for every ElementsPerBlock elements of each part, those of part p from firstBlock[p] on; any block
//          size; isPacked where all addresses, those of the parts of y too, are multiples of 16 bytes
// Cost     reads 2n, or n if isFirst, writes n, n being all elements of x: bound by memory
#include "Common/Prelude.cuh"
#include "Common/Elements.cuh"

constexpr int MostParts = 8;  // of a launch; equals Accumulate.MostParts in C#

struct Parts {
    Int64 start[MostParts], count[MostParts];
    int firstBlock[MostParts];  // of parts that are not there: beyond the grid
};

KERNEL Accumulate(
    const Scalar* __restrict__ x0, const Scalar* __restrict__ x1, const Scalar* __restrict__ x2,
    const Scalar* __restrict__ x3, const Scalar* __restrict__ x4, const Scalar* __restrict__ x5,
    const Scalar* __restrict__ x6, const Scalar* __restrict__ x7, Scalar* __restrict__ y, Parts parts, int isFirst,
    int isPacked)
{
    const Scalar* x = x0;
    int part = 0;
    const auto take = [&](int next, const Scalar* source) {
        if (int(blockIdx.x) < parts.firstBlock[next]) return;
        part = next;
        x = source;
    };
    take(1, x1);
    take(2, x2);
    take(3, x3);
    take(4, x4);
    take(5, x5);
    take(6, x6);
    take(7, x7);

    // Indices count from the first block of the grid, not of the part.
    const Int64 before = Int64(parts.firstBlock[part]) * ElementsPerBlock;
    Scalar* const target = y + parts.start[part];
    ForEachElement<PackLength<Scalar>>(before + parts.count[part], isPacked, [=](auto width, Int64 i) {
        Pack<width.Value> pack = LoadPack<width.Value>(x + (i - before));
        if (!isFirst) {
            const Pack<width.Value> sum = LoadPack<width.Value>(target + (i - before));
            width.ForEach([&](int k) {
                pack.value[k] = Scalar(Accumulator(sum.value[k]) + Accumulator(pack.value[k]));
            });
        }
        StorePack(target + (i - before), pack);
    });
}
