// GroupNormGradientSlice: GroupNormGradient for groups whose x and dy fit a block's shared memory: each is read once.
//   h[n,s,c] = (x[n,s,c] - mean[n,g]) r[n,g], z = h w + b, dz = dy, or dy times the derivative of SiLU at z
//   dx[n,s,c] = r[n,g] (w[c] dz[n,s,c] - mean of w dz - h[n,s,c] mean of w dz h), means over s and the group
//   db[c] = sum over n and s of dz, dw[c] = sum over n and s of dz h: GroupNormGradientSliceSamples, from sums
//
// Shapes   x, dy, dx: [N, S, C]; w, b, dw, db: [C], or null; statistics: [N, G, 2]; sums: [N, 2, C], over s of dz and
//          of dz h; contiguous
// Types    stored as Scalar, summed in Accumulator; statistics and sums are Accumulator
// Launch   one block per sample and group, of at most SliceThreads, at least C / (G PackWidth), in whole warps; shared
//          memory: 2 S C / G Scalars, and two Accumulators per channel of each thread and per channel of the group;
//          Samples: one thread per channel
// Cost     reads x and dy, writes dx: bound by memory; a group's piece of a row may fill a 32-byte sector only in part
// Limits   C >= 1, S >= 1; only for devices with warps
// Source   Wu, He 2018, Group Normalization; derivative by hand. Sums are taken in a fixed order
#include "Common/Prelude.cuh"
#include "Common/Warp.cuh"                 // WarpSum
#include "Normalization/GroupElement.cuh"  // UpstreamOf, GradientOf, AddSamples
#include "Normalization/GroupSlice.cuh"    // SliceOf

// Packs of x and of dy that each thread has in flight: 32 bytes of each.
constexpr int Batch = PacksOf<32>;

// A thread's packs of one position.
struct RowPacks {
    Pack<PackWidth> x, dy;
};

// The shared memory of a block, for a group of `width` channels.
//   sums     [dz, dz h][channel][row lane]: the lanes of a warp read consecutive elements of a sum
//   totals   [dz, dz h][channel]
//   x, dy    [position][pack]: neighbouring threads access neighbouring packs
struct KeptGroup {
    int width;
    Accumulator *sums, *totals;
    Pack<PackWidth> *x, *dy;
};

DEVICE KeptGroup KeptIn(Accumulator* shared, int positionCount, const GroupSlice& slice)
{
    const int width = slice.packCount * PackWidth;
    Accumulator* totals = shared + 2 * width * slice.rowStep;
    Pack<PackWidth>* x = reinterpret_cast<Pack<PackWidth>*>(totals + 2 * width);
    return {width, shared, totals, x, x + positionCount * slice.packCount};
}

// Loads the thread's packs of x and dy into shared memory, and leaves its sums there.
template <bool isSilu> DEVICE void SumRows(
    const Scalar* __restrict__ x, const Scalar* __restrict__ dy, int channelCount, const GroupSlice& slice,
    const KeptGroup& kept, const Channel (&channels)[PackWidth])
{
    Accumulator dzSum[PackWidth], dzhSum[PackWidth];
    for (int i = 0; i < PackWidth; i++) dzSum[i] = dzhSum[i] = 0;
    const auto load = [=](int row) {
        const Int64 at = Int64(row) * channelCount;
        return RowPacks{LoadPack<PackWidth>(x + at), LoadPack<PackWidth>(dy + at)};
    };
    ForEachRow<Batch>(slice, load, [&](int row, const RowPacks& read) {
        const int slot = SlotOf(slice, row);
        kept.x[slot] = read.x;
        kept.dy[slot] = read.dy;
        for (int i = 0; i < PackWidth; i++) {
            const Accumulator value = Accumulator(read.x.value[i]), upstream = Accumulator(read.dy.value[i]);
            const Upstream at = UpstreamOf<isSilu>(value, upstream, channels[i]);
            dzSum[i] += at.dz;
            dzhSum[i] += at.dz * at.h;
        }
    });
    if (slice.firstRow >= slice.rowStep) return;  // surplus threads have no slot; no barrier follows in here
    Accumulator* own = kept.sums + slice.pack * PackWidth * slice.rowStep + slice.firstRow;
    for (int i = 0; i < PackWidth; i++) {
        own[i * slice.rowStep] = dzSum[i];
        own[(kept.width + i) * slice.rowStep] = dzhSum[i];
    }
}

// The totals over the row lanes, one warp each; also written to `target`, the group's part of the sums from which the
// parameters' gradients are computed.
DEVICE void ReduceRowLanes(
    const KeptGroup& kept, const GroupSlice& slice, Accumulator* __restrict__ target, int channelCount)
{
    const int lane = threadIdx.x % WarpSize;
    for (int i = threadIdx.x / WarpSize; i < 2 * kept.width; i += blockDim.x / WarpSize) {
        Accumulator sum = 0;
        for (int row = lane; row < slice.rowStep; row += WarpSize) sum += kept.sums[i * slice.rowStep + row];
        sum = WarpSum(sum);
        if (lane > 0) continue;
        kept.totals[i] = sum;
        target[i < kept.width ? i : channelCount + i - kept.width] = sum;
    }
}

// The means of w dz and of w dz h over the group, computed by every warp for itself.
DEVICE Pack<2, Accumulator> MeansOf(const KeptGroup& kept, const Scalar* __restrict__ w, int positionCount)
{
    Accumulator dz = 0, dzh = 0;
    for (int c = threadIdx.x % WarpSize; c < kept.width; c += WarpSize) {
        const Accumulator weight = w == nullptr ? Accumulator(1) : Accumulator(w[c]);
        dz += weight * kept.totals[c];
        dzh += weight * kept.totals[kept.width + c];
    }
    const Accumulator count = Accumulator(positionCount) * kept.width;
    return {{WarpSum(dz) / count, WarpSum(dzh) / count}};
}

template <bool isSilu> DEVICE void DifferentiateRows(
    Scalar* __restrict__ dx, int channelCount, const GroupSlice& slice, const KeptGroup& kept,
    const Channel (&channels)[PackWidth], const Pack<2, Accumulator>& means)
{
    const auto load = [&](int row) { return RowPacks{kept.x[SlotOf(slice, row)], kept.dy[SlotOf(slice, row)]}; };
    ForEachRow<2>(slice, load, [&](int row, const RowPacks& read) {
        Pack<PackWidth> result;
        for (int i = 0; i < PackWidth; i++) {
            const Accumulator value = Accumulator(read.x.value[i]), upstream = Accumulator(read.dy.value[i]);
            result.value[i] =
                Scalar(GradientOf<isSilu>(value, upstream, channels[i], means.value[0], means.value[1]));
        }
        StorePack(dx + Int64(row) * channelCount, result);
    });
}

KERNEL_OF(SliceThreads, SliceBlocks) GroupNormGradientSlice(
    const Scalar* __restrict__ x, const Scalar* __restrict__ dy, const Accumulator* __restrict__ statistics,
    const Scalar* __restrict__ w, const Scalar* __restrict__ b, Scalar* __restrict__ dx,
    Accumulator* __restrict__ sums, int positionCount, int channelCount, int groupCount, int isSilu)
{
    DYNAMIC_SHARED(Accumulator, shared);
    const GroupSlice slice = SliceOf(positionCount, channelCount, groupCount);
    const KeptGroup kept = KeptIn(shared, positionCount, slice);
    const Pack<2, Accumulator> moments = LoadPack<2>(statistics + 2 * Int64(blockIdx.x));
    Channel channels[PackWidth];
    for (int i = 0; i < PackWidth; i++) channels[i] = ChannelOf(moments, w, b, slice.channel + i);
    const Scalar *xCorner = x + slice.corner, *dyCorner = dy + slice.corner;
    if (isSilu) SumRows<true>(xCorner, dyCorner, channelCount, slice, kept, channels);
    else SumRows<false>(xCorner, dyCorner, channelCount, slice, kept, channels);
    __syncthreads();  // writes of the row lanes' sums | reads for the totals

    const int groupChannel = slice.group * kept.width;
    ReduceRowLanes(kept, slice, sums + Int64(slice.sample) * 2 * channelCount + groupChannel, channelCount);
    __syncthreads();  // writes of the channels' totals | reads for the group's means

    const Pack<2, Accumulator> means = MeansOf(kept, w == nullptr ? w : w + groupChannel, positionCount);
    Scalar* target = dx + slice.corner;
    if (isSilu) DifferentiateRows<true>(target, channelCount, slice, kept, channels, means);
    else DifferentiateRows<false>(target, channelCount, slice, kept, channels, means);
}

KERNEL GroupNormGradientSliceSamples(
    const Accumulator* __restrict__ sums, Scalar* __restrict__ dw, Scalar* __restrict__ db, int sampleCount,
    int channelCount)
{
    const int c = int(blockIdx.x * blockDim.x + threadIdx.x);
    if (c < channelCount) AddSamples(sums, sampleCount, channelCount, c, dw, db);
}
