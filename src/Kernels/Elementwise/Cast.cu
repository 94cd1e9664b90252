// Cast: the same numbers in another type, scaled if wanted, rounded to nearest even.
//   y[i] = Target(x[i] scale)
//
// Shapes   x, y: n elements, contiguous
// Types    from Scalar to Target, through float or, between double and integers, directly; integers are not scaled
// Launch   one block for every ElementsPerBlock elements; any block size; isPacked where all addresses are multiples
//          of 16 bytes
// Cost     reads n, writes n: bound by memory
#include "Common/Prelude.cuh"
#include "Common/Elements.cuh"

// A pack has 16 bytes of the wider type.
constexpr int CastLength = PackLength<Scalar> < PackLength<Target> ? PackLength<Scalar> : PackLength<Target>;

constexpr bool IsScaled = Accumulator(1) / 2 != 0;

KERNEL Cast(const Scalar* __restrict__ x, Target* __restrict__ y, Int64 count, int isPacked, float scale)
{
    ForEachElement<CastLength>(count, isPacked, [=](auto width, Int64 i) {
        const Pack<width.Value> from = LoadPack<width.Value>(x + i);
        Pack<width.Value, Target> to;
        width.ForEach([&](int k) {
            const Accumulator value = Accumulator(from.value[k]);
            if constexpr (IsScaled) {
                to.value[k] = Target(value * scale);  // exact if the scale is 1
            } else {
                to.value[k] = Target(value);
            }
        });
        StorePack(y + i, to);
    });
}
