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

// A group of `width` channels, resident in the shared memory of a block.
//   sums     [dz, dz h][channel][row lane]: the lanes of a warp read consecutive elements of a sum
//   totals   [dz, dz h][channel]
//   x, dy    [position][pack]: neighbouring threads access neighbouring packs
struct ResidentGroup {
    int width;
    Accumulator *sums, *totals;
    Pack<PackWidth> *x, *dy;
};

DEVICE ResidentGroup ResidentGroupOf(Accumulator* shared, int positionCount, const GroupSlice& slice)
{
    const int width = slice.packCount * PackWidth;
    Accumulator* totals = shared + 2 * width * slice.rowStep;
    Pack<PackWidth>* x = reinterpret_cast<Pack<PackWidth>*>(totals + 2 * width);
    return {width, shared, totals, x, x + positionCount * slice.packCount};
}

// Loads the thread's packs of x and dy into shared memory, and leaves its sums there.
template <bool isSilu> DEVICE void SumRows(
    const Scalar* __restrict__ x, const Scalar* __restrict__ dy, int channelCount, const GroupSlice& slice,
    const ResidentGroup& resident, const Channel (&channels)[PackWidth])
{
    Accumulator dzSum[PackWidth], dzhSum[PackWidth];
    for (int i = 0; i < PackWidth; i++) dzSum[i] = dzhSum[i] = 0;
    const auto load = [=](int row) {
        const Int64 at = Int64(row) * channelCount;
        return RowPacks{LoadPack<PackWidth>(x + at), LoadPack<PackWidth>(dy + at)};
    };
    ForEachRow<Batch>(slice, load, [&](int row, const RowPacks& read) {
        const int slot = SlotOf(slice, row);
        resident.x[slot] = read.x;
        resident.dy[slot] = read.dy;
        for (int i = 0; i < PackWidth; i++) {
            const Accumulator value = Accumulator(read.x.value[i]), upstream = Accumulator(read.dy.value[i]);
            const Upstream at = UpstreamOf<isSilu>(value, upstream, channels[i]);
            dzSum[i] += at.dz;
            dzhSum[i] += at.dz * at.h;
        }
    });
    if (slice.firstRow >= slice.rowStep) return;  // surplus threads have no slot; no barrier follows in here
    Accumulator* own = resident.sums + slice.pack * PackWidth * slice.rowStep + slice.firstRow;
    for (int i = 0; i < PackWidth; i++) {
        own[i * slice.rowStep] = dzSum[i];
        own[(resident.width + i) * slice.rowStep] = dzhSum[i];
    }
}

// The totals over the row lanes, one warp each; also written to `target`, the group's part of the sums from which the
// parameters' gradients are computed.
DEVICE void ReduceRowLanes(
    const ResidentGroup& resident, const GroupSlice& slice, Accumulator* __restrict__ target, int channelCount)
{
    const int lane = threadIdx.x % WarpSize;
    for (int i = threadIdx.x / WarpSize; i < 2 * resident.width; i += blockDim.x / WarpSize) {
        Accumulator sum = 0;
        for (int row = lane; row < slice.rowStep; row += WarpSize) sum += resident.sums[i * slice.rowStep + row];
        sum = WarpSum(sum);
        if (lane > 0) continue;
        resident.totals[i] = sum;
        target[i < resident.width ? i : channelCount + i - resident.width] = sum;
    }
}

// The means of w dz and of w dz h over the group, computed by every warp for itself.
DEVICE Pack<2, Accumulator> MeansOf(const ResidentGroup& resident, const Scalar* __restrict__ w, int positionCount)
{
    Accumulator dz = 0, dzh = 0;
    for (int c = threadIdx.x % WarpSize; c < resident.width; c += WarpSize) {
        const Accumulator weight = w == nullptr ? Accumulator(1) : Accumulator(w[c]);
        dz += weight * resident.totals[c];
        dzh += weight * resident.totals[resident.width + c];
    }
    const Accumulator count = Accumulator(positionCount) * resident.width;
    return {{WarpSum(dz) / count, WarpSum(dzh) / count}};
}

template <bool isSilu> DEVICE void DifferentiateRows(
    Scalar* __restrict__ dx, int channelCount, const GroupSlice& slice, const ResidentGroup& resident,
    const Channel (&channels)[PackWidth], const Pack<2, Accumulator>& means)
{
    const auto reload = [&](int row) {
        const int slot = SlotOf(slice, row);
        return RowPacks{resident.x[slot], resident.dy[slot]};
    };
    ForEachRow<2>(slice, reload, [&](int row, const RowPacks& read) {
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
    const ResidentGroup resident = ResidentGroupOf(shared, positionCount, slice);
    const Pack<2, Accumulator> moments = LoadPack<2>(statistics + 2 * Int64(blockIdx.x));
    Channel channels[PackWidth];
    for (int i = 0; i < PackWidth; i++) channels[i] = ChannelOf(moments, w, b, slice.channel + i);
    const Scalar *xCorner = x + slice.corner, *dyCorner = dy + slice.corner;
    if (isSilu) SumRows<true>(xCorner, dyCorner, channelCount, slice, resident, channels);
    else SumRows<false>(xCorner, dyCorner, channelCount, slice, resident, channels);
    __syncthreads();  // writes of the row lanes' sums | reads for the totals

    const int groupChannel = slice.group * resident.width;
    ReduceRowLanes(resident, slice, sums + Int64(slice.sample) * 2 * channelCount + groupChannel, channelCount);
    __syncthreads();  // writes of the channels' totals | reads for the group's means

    const Pack<2, Accumulator> means = MeansOf(resident, w == nullptr ? w : w + groupChannel, positionCount);
    Scalar* target = dx + slice.corner;
    if (isSilu) DifferentiateRows<true>(target, channelCount, slice, resident, channels, means);
    else DifferentiateRows<false>(target, channelCount, slice, resident, channels, means);
}

KERNEL GroupNormGradientSliceSamples(
    const Accumulator* __restrict__ sums, Scalar* __restrict__ dw, Scalar* __restrict__ db, int sampleCount,
    int channelCount)
{
    const int c = int(blockIdx.x * blockDim.x + threadIdx.x);
    if (c < channelCount) AddSamples(sums, sampleCount, channelCount, c, dw, db);
}
