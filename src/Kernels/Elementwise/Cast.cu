// Cast: the same numbers in another type, rounded to nearest even.
//   y[i] = Target(x[i])
//
// Shapes   x, y: n elements, contiguous
// Types    from Scalar to Target, through float or, between double and integers, directly
// Launch   one block for every ElementsPerBlock elements; any block size; isPacked where all addresses are multiples
//          of 16 bytes
// Cost     reads n, writes n: bound by memory
#include "Common/Prelude.cuh"
#include "Common/Elements.cuh"

// A pack has 16 bytes of the wider type.
constexpr int CastLength = PackLength<Scalar> < PackLength<Target> ? PackLength<Scalar> : PackLength<Target>;

KERNEL Cast(const Scalar* __restrict__ x, Target* __restrict__ y, Int64 count, int isPacked)
{
    ForEachElement<CastLength>(count, isPacked, [=](auto width, Int64 i) {
        const Pack<width.Value> from = LoadPack<width.Value>(x + i);
        Pack<width.Value, Target> to;
        width.ForEach([&](int k) { to.value[k] = Target(Accumulator(from.value[k])); });
        StorePack(y + i, to);
    });
}
