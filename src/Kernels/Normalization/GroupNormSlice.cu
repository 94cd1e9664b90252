// GroupNormSlice: GroupNorm in one launch that reads x once, for groups that fit a block's shared memory.
//   z[n,s,c] = (x[n,s,c] - mean[n,g]) / sqrt(variance[n,g] + epsilon) w[c] + b[c], c in group g; moments over s and g
//   y = z, or z / (1 + e^-z)
//
// Shapes   x, y: [N, S, C]; w, b: [C] or null; statistics: [N, G, 2]; contiguous
// Types    stored as Scalar, summed in Accumulator; statistics are Accumulator
// Launch   one block per sample and group, of at most SliceThreads, at least C / (G PackWidth); shared memory: S C / G
//          Scalars
// Cost     reads x, writes y: bound by memory; a group's piece of a row may fill a 32-byte sector only in part
// Limits   C >= 1, S >= 1; only for devices with warps
// Source   Wu, He 2018, Group Normalization; deviations are taken from the mean, never as a difference of two large
//          sums
#include "Common/Prelude.cuh"
#include "Common/Block.cuh"                // BlockSum
#include "Normalization/GroupElement.cuh"  // Normalised
#include "Normalization/GroupSlice.cuh"    // SliceOf

// Packs of x that each thread has in flight: 64 bytes.
constexpr int Batch = PacksOf<64>;

template <bool isSilu> DEVICE void NormaliseSlice(
    const Pack<PackWidth>* __restrict__ slots, const GroupSlice& slice, const Pack<2, Accumulator>& moments,
    const Scalar* __restrict__ w, const Scalar* __restrict__ b, Scalar* __restrict__ y, int channelCount)
{
    Accumulator scale[PackWidth], offset[PackWidth];
    for (int i = 0; i < PackWidth; i++) {
        const Channel channel = ChannelOf(moments, w, b, slice.channel + i);
        scale[i] = channel.scale * channel.weight;
        offset[i] = channel.offset;
    }
    const auto reload = [&](int row) { return slots[SlotOf(slice, row)]; };
    ForEachRow<4>(slice, reload, [&](int row, Pack<PackWidth> pack) {
        for (int i = 0; i < PackWidth; i++) {
            pack.value[i] = Normalised<isSilu>(Accumulator(pack.value[i]), moments.value[0], scale[i], offset[i]);
        }
        StorePack(y + slice.corner + Int64(row) * channelCount, pack);
    });
}

KERNEL_OF(SliceThreads, SliceBlocks) GroupNormSlice(
    const Scalar* __restrict__ x, const Scalar* __restrict__ w, const Scalar* __restrict__ b, Scalar* __restrict__ y,
    Accumulator* __restrict__ statistics, int positionCount, int channelCount, int groupCount, float epsilon,
    int isSilu)
{
    using Slot = Pack<PackWidth>;
    DYNAMIC_SHARED(Slot, slots);  // [position][pack of the group]: neighbouring threads access neighbouring packs
    const GroupSlice slice = SliceOf(positionCount, channelCount, groupCount);
    const Accumulator count = Accumulator(positionCount) * (slice.packCount * PackWidth);

    // The sum is over differences from one of the elements: a mean far from 0 costs no more accuracy than its rounding.
    const Scalar* source = x + slice.corner;
    const Accumulator first = Accumulator(source[-slice.pack * PackWidth]);
    Accumulator sum = 0;
    const auto load = [&](int row) { return LoadPack<PackWidth>(source + Int64(row) * channelCount); };
    ForEachRow<Batch>(slice, load, [&](int row, const Slot& pack) {
        slots[SlotOf(slice, row)] = pack;
        for (int i = 0; i < PackWidth; i++) sum += Accumulator(pack.value[i]) - first;
    });
    const Accumulator mean = first + BlockSum(sum) / count;

    Accumulator squares = 0;
    const auto reload = [&](int row) { return slots[SlotOf(slice, row)]; };
    ForEachRow<4>(slice, reload, [&](int, const Slot& pack) {
        for (int i = 0; i < PackWidth; i++) {
            const Accumulator deviation = Accumulator(pack.value[i]) - mean;
            squares += deviation * deviation;
        }
    });
    const Pack<2, Accumulator> moments = {{mean, ReciprocalSqrt(BlockSum(squares) / count + epsilon)}};

    if (threadIdx.x == 0) StorePack(statistics + 2 * Int64(blockIdx.x), moments);
    if (isSilu) NormaliseSlice<true>(slots, slice, moments, w, b, y, channelCount);
    else NormaliseSlice<false>(slots, slice, moments, w, b, y, channelCount);
}
