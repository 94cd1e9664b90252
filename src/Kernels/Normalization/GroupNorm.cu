// GroupNorm: normalises every group of channels of a sample to mean 0 and variance 1, optionally followed by SiLU.
//   z[n,s,c] = (x[n,s,c] - mean[n,g]) / sqrt(variance[n,g] + epsilon) w[c] + b[c], c in group g; moments over s and g
//   y = z, or z / (1 + e^-z)
// GroupNormStatistics: mean and sum of squared deviations of each chunk and part of a group.
// GroupNormCombine: combines those into the mean and 1 / sqrt(variance + epsilon) of each group. Skipped on GPUs if
// there are few chunks: each block of GroupNorm then combines the moments it needs. Groups that fit shared memory go to
// GroupNormSlice instead.
//
// Shapes   x, y: [N, S, C]; w, b: [C] or null; partial: [N, chunks, C / part, 2], passed to GroupNorm as null if
//          statistics is complete already; statistics: [N, G, 2]; contiguous
// Types    stored as Scalar, summed in Accumulator; partial and statistics are Accumulator
// Launch   as laid out by GroupPlan; block sizes that are multiples of WarpSize; GroupNormCombine: one warp per group
// Cost     reads x twice, the second time from cache if a few samples fit there, writes y: bound by memory
// Limits   C >= 1, S >= 1
// Source   Wu, He 2018, Group Normalization; moments combined as in Chan, Golub, LeVeque 1979: deviations are taken
//          from the mean of their own subset, never as a difference of two large sums
#include "Common/Prelude.cuh"
#include "Common/Rows.cuh"                 // Quotient
#include "Common/Warp.cuh"                 // WarpSum, LaneSum
#include "Normalization/GroupElement.cuh"  // Normalised
#include "Normalization/GroupPlan.cuh"     // GroupPlan, BlockOf, TaskOf

constexpr int Rows = 8;  // positions held in registers, whose moments are computed together

// Combines `Rows` values with the moments of the `count` values before them.
DEVICE void CombineRows(const Accumulator (&values)[Rows], int count, Accumulator& mean, Accumulator& deviations)
{
    Accumulator sum = 0;
#pragma unroll
    for (int row = 0; row < Rows; row++) sum += values[row];
    const Accumulator own = sum * (Accumulator(1) / Rows);
    Accumulator squares = 0;
#pragma unroll
    for (int row = 0; row < Rows; row++) squares += (values[row] - own) * (values[row] - own);
    const Accumulator share = Accumulator(Rows) * Reciprocal(Accumulator(count + Rows));
    const Accumulator step = own - mean;
    mean += step * share;
    deviations += squares + step * step * (share * count);
}

DEVICE void CombineOne(Accumulator value, int count, Accumulator& mean, Accumulator& deviations)
{
    const Accumulator step = value - mean;
    mean += step * Reciprocal(Accumulator(count + 1));
    deviations += step * (value - mean);
}

// The moments of a pack of channels over the rows of a task.
DEVICE void TaskMoments(
    const Scalar* x, const GroupPlan& plan, const GroupTask& task, Accumulator (&mean)[PackWidth],
    Accumulator (&deviations)[PackWidth])
{
    for (int i = 0; i < PackWidth; i++) mean[i] = deviations[i] = 0;
    int row = 0;
    for (; row + Rows <= task.rowCount; row += Rows) {
        Pack<PackWidth> packs[Rows];
#pragma unroll
        for (int r = 0; r < Rows; r++) packs[r] = LoadPack<PackWidth>(x + Int64(row + r) * plan.channelCount);
#pragma unroll
        for (int i = 0; i < PackWidth; i++) {
            Accumulator values[Rows];
            for (int r = 0; r < Rows; r++) values[r] = Accumulator(packs[r].value[i]);
            CombineRows(values, row, mean[i], deviations[i]);
        }
    }
    for (; row < task.rowCount; row++) {
        const Pack<PackWidth> pack = LoadPack<PackWidth>(x + Int64(row) * plan.channelCount);
        for (int i = 0; i < PackWidth; i++) CombineOne(Accumulator(pack.value[i]), row, mean[i], deviations[i]);
    }
}

// The moments of all channels of a tile over the rows of a chunk, row by row, for the host's one thread.
DEVICE void HostMoments(
    const Scalar* __restrict__ x, const GroupPlan& plan, const GroupBlock& block, Accumulator* __restrict__ mean,
    Accumulator* __restrict__ deviations)
{
    const int width = block.channelCount;
    for (int c = 0; c < width; c++) mean[c] = deviations[c] = 0;
    int row = 0;
    for (; row + Rows <= block.rowCount; row += Rows) {
        const Scalar* at = x + Int64(row) * plan.channelCount;
        for (int c = 0; c < width; c++) {
            Accumulator values[Rows];
            for (int r = 0; r < Rows; r++) values[r] = Accumulator(at[Int64(r) * plan.channelCount + c]);
            CombineRows(values, row, mean[c], deviations[c]);
        }
    }
    for (; row < block.rowCount; row++) {
        const Scalar* at = x + Int64(row) * plan.channelCount;
        for (int c = 0; c < width; c++) CombineOne(Accumulator(at[c]), row, mean[c], deviations[c]);
    }
}

// The moments of a part, combined from those of its channels over the same rows, for the host's one thread.
DEVICE void CombineChannels(
    const Accumulator* __restrict__ means, const Accumulator* __restrict__ deviations, int rowCount, int channelCount,
    Accumulator* __restrict__ target)
{
    Accumulator sum = 0;
    for (int c = 0; c < channelCount; c++) sum += means[c];
    const Accumulator mean = sum / channelCount;
    Accumulator squares = 0;
    for (int c = 0; c < channelCount; c++) {
        squares += deviations[c] + rowCount * ((means[c] - mean) * (means[c] - mean));
    }
    target[0] = mean;
    target[1] = squares;
}

// Calls body(mean, rows) for a lane's share of a part's moments, stored as [row lane][channel] from `first` on: with
// the address of each mean and the number of rows it covers.
template <typename Body> DEVICE void ForEachMean(
    const Accumulator* __restrict__ first, const GroupPlan& plan, const GroupBlock& block, Body body)
{
    const int length = plan.partLength, lane = threadIdx.x % WarpSize;
    const int rowStep = WarpSize / length, channelStep = WarpSize - rowStep * length;
    int row = lane / length, channel = lane - row * length;
    while (row < plan.rowLanes) {
        const int rows = Maximum(0, Minimum(block.laneRows, block.rowCount - row * block.laneRows));
        body(first + row * block.channelCount + channel, rows);
        row += rowStep;
        channel += channelStep;
        if (channel >= length) row++, channel -= length;
    }
}

KERNEL GroupNormStatistics(const Scalar* __restrict__ x, Accumulator* __restrict__ partial, GroupPlan plan)
{
    // Means, then squared deviations: [row lane][channel of the tile]. The lanes of a warp access consecutive elements:
    // no bank conflicts.
    DYNAMIC_SHARED(Accumulator, shared);
    const GroupBlock block = BlockOf(plan, blockIdx.x);
    const int width = block.channelCount;
    const int entries = plan.rowLanes * width;
    const int partCount = width / plan.partLength;
    const Int64 chunk = Int64(block.sample) * plan.chunkCount + block.chunk;
    Accumulator* target =
        partial + 2 * (chunk * (plan.channelCount / plan.partLength) + block.firstChannel / plan.partLength);
    if constexpr (WarpSize == 1) {
        const Scalar* corner = x + block.firstRow * plan.channelCount + block.firstChannel;
        HostMoments(corner, plan, block, shared, shared + entries);
        for (int part = 0; part < partCount; part++) {
            const Accumulator* first = shared + part * plan.partLength;
            CombineChannels(first, first + entries, block.rowCount, plan.partLength, target + 2 * part);
        }
        return;
    }

    for (int index = threadIdx.x; index < plan.rowLanes * block.packCount; index += blockDim.x) {
        const GroupTask task = TaskOf(block, index);
        const Int64 corner = (block.firstRow + task.firstRow) * plan.channelCount + task.firstChannel;
        Accumulator mean[PackWidth], deviations[PackWidth];
        TaskMoments(x + corner, plan, task, mean, deviations);
        Accumulator* own = shared + task.lane * width + task.firstChannel - block.firstChannel;
        for (int i = 0; i < PackWidth; i++) own[i] = mean[i], own[entries + i] = deviations[i];
    }
    __syncthreads();  // writes of the channels' moments | reads by parts

    const int lane = threadIdx.x % WarpSize;
    for (int part = threadIdx.x / WarpSize; part < partCount; part += blockDim.x / WarpSize) {
        const Accumulator* first = shared + part * plan.partLength;
        Accumulator sum = 0;
        ForEachMean(first, plan, block, [&](const Accumulator* at, int rows) { sum += rows * at[0]; });
        const Accumulator mean = WarpSum(sum) / (Accumulator(block.rowCount) * plan.partLength);
        Accumulator squares = 0;
        ForEachMean(first, plan, block, [&](const Accumulator* at, int rows) {
            squares += at[entries] + rows * ((at[0] - mean) * (at[0] - mean));
        });
        squares = WarpSum(squares);
        if (lane > 0) continue;
        target[2 * part] = mean;
        target[2 * part + 1] = squares;
    }
}

// The number of rows of a chunk, as a weight.
DEVICE Accumulator RowsOf(const GroupPlan& plan, int chunk)
{
    return Accumulator(Minimum(Int64(plan.chunkRows), plan.positionCount - Int64(chunk) * plan.chunkRows));
}

// The moments of a part over a chunk, and the chunk's number of rows.
struct Entry {
    Pack<2, Accumulator> moments;
    Accumulator rows;
};

// Mean and 1 / sqrt(variance + epsilon) of a group, combined by `Lanes` neighbouring threads from the entries of its
// chunks and parts, which begin at `first`.
template <int Lanes>
DEVICE Pack<2, Accumulator> CombineEntries(const Accumulator* __restrict__ first, const GroupPlan& plan, float epsilon)
{
    constexpr int Batch = 4;
    const int groupLength = plan.channelCount / plan.groupCount;
    const int ownParts = groupLength / plan.partLength, allParts = plan.channelCount / plan.partLength;
    const int lane = threadIdx.x % Lanes, count = plan.chunkCount * ownParts;
    const auto load = [=](int index) {
        const int chunk = int(Quotient(index, ownParts)), part = index - chunk * ownParts;
        return Entry{LoadPack<2>(first + 2 * (Int64(chunk) * allParts + part)), RowsOf(plan, chunk)};
    };

    // Entries are weighted by their rows; all have the same number of channels.
    Accumulator sum = 0;
    InBatches<Batch>(lane, count, Lanes, load, [&](int, const Entry& entry) {
        sum += entry.rows * entry.moments.value[0];
    });
    const Accumulator mean = LaneSum<Lanes>(sum) / (Accumulator(plan.positionCount) * ownParts);
    Accumulator squares = 0;
    InBatches<Batch>(lane, count, Lanes, load, [&](int, const Entry& entry) {
        const Accumulator step = entry.moments.value[0] - mean;
        squares += entry.moments.value[1] + entry.rows * plan.partLength * (step * step);
    });
    const Accumulator variance = LaneSum<Lanes>(squares) / (Accumulator(plan.positionCount) * groupLength);
    return {{mean, ReciprocalSqrt(variance + epsilon)}};
}

// The first entry of a group of a sample.
DEVICE const Accumulator* EntriesOf(const Accumulator* partial, const GroupPlan& plan, int sample, int group)
{
    const Int64 allParts = plan.channelCount / plan.partLength;
    return partial + 2 * (Int64(sample) * plan.chunkCount * allParts + group * (allParts / plan.groupCount));
}

KERNEL GroupNormCombine(
    const Accumulator* __restrict__ partial, Accumulator* __restrict__ statistics, GroupPlan plan, float epsilon)
{
    const Int64 index = Int64(blockIdx.x) * (blockDim.x / WarpSize) + threadIdx.x / WarpSize;
    if (index >= Int64(plan.sampleCount) * plan.groupCount) return;  // uniform across the warp
    const int sample = int(Quotient(index, plan.groupCount)), group = int(index - Int64(sample) * plan.groupCount);
    const Pack<2, Accumulator> combined =
        CombineEntries<WarpSize>(EntriesOf(partial, plan, sample, group), plan, epsilon);
    if (threadIdx.x % WarpSize == 0) StorePack(statistics + 2 * index, combined);
}

// The moments of the groups of a block's tile: read from statistics, or combined here from partial.
DEVICE void FindMoments(
    const Accumulator* __restrict__ partial, const Accumulator* __restrict__ statistics, const GroupPlan& plan,
    const GroupBlock& block, const TileGroups& groups, float epsilon, Pack<2, Accumulator>* __restrict__ moments)
{
    if (partial == nullptr) {
        const Accumulator* own = statistics + 2 * (Int64(block.sample) * plan.groupCount + groups.first);
        for (int i = threadIdx.x; i < groups.count; i += blockDim.x) moments[i] = LoadPack<2>(own + 2 * i);
        return;
    }
    ForEachGroup(groups.count, moments, [&](int group) {
        const Accumulator* first = EntriesOf(partial, plan, block.sample, groups.first + group);
        return CombineEntries<GroupLanes>(first, plan, epsilon);
    });
}

// Stores the combined moments in statistics: done once, by the block with the first chunk of a sample (the caller
// checks) and the first channel of the group.
DEVICE void StoreMoments(
    Accumulator* __restrict__ statistics, const GroupPlan& plan, const GroupBlock& block, const TileGroups& groups,
    const Pack<2, Accumulator>* __restrict__ moments)
{
    const int groupLength = plan.channelCount / plan.groupCount;
    for (int i = threadIdx.x; i < groups.count; i += blockDim.x) {
        const int group = groups.first + i;
        if (group * groupLength < block.firstChannel) continue;
        StorePack(statistics + 2 * (Int64(block.sample) * plan.groupCount + group), moments[i]);
    }
}

template <bool isSilu> DEVICE void NormaliseTask(
    const Scalar* __restrict__ x, const Pack<2, Accumulator>* __restrict__ moments, const Scalar* __restrict__ w,
    const Scalar* __restrict__ b, Scalar* __restrict__ y, const GroupPlan& plan, const GroupBlock& block,
    const GroupTask& task, int firstGroup)
{
    Accumulator mean[PackWidth], scale[PackWidth], offset[PackWidth];
    ForEachChannel(plan, task.firstChannel, [&](int i, int group) {
        const Channel channel = ChannelOf(moments[group - firstGroup], w, b, task.firstChannel + i);
        mean[i] = channel.mean;
        scale[i] = channel.scale * channel.weight;
        offset[i] = channel.offset;
    });
    const Int64 corner = (block.firstRow + task.firstRow) * plan.channelCount + task.firstChannel;
    const auto load = [&](int row) { return LoadPack<PackWidth>(x + corner + Int64(row) * plan.channelCount); };
    InBatches<4>(0, task.rowCount, 1, load, [&](int row, Pack<PackWidth> pack) {
        for (int i = 0; i < PackWidth; i++) {
            pack.value[i] = Normalised<isSilu>(Accumulator(pack.value[i]), mean[i], scale[i], offset[i]);
        }
        StorePack(y + corner + Int64(row) * plan.channelCount, pack);
    });
}

template <bool isSilu> DEVICE void NormaliseRows(
    const Scalar* __restrict__ x, Scalar* __restrict__ y, int rowCount, int width, Int64 rowStep,
    const Accumulator* __restrict__ mean, const Accumulator* __restrict__ scale, const Accumulator* __restrict__ offset)
{
    for (int row = 0; row < rowCount; row++) {
        const Scalar* source = x + row * rowStep;
        Scalar* target = y + row * rowStep;
        for (int c = 0; c < width; c++) {
            target[c] = Normalised<isSilu>(Accumulator(source[c]), mean[c], scale[c], offset[c]);
        }
    }
}

KERNEL GroupNorm(
    const Scalar* __restrict__ x, const Accumulator* __restrict__ partial, Accumulator* __restrict__ statistics,
    const Scalar* __restrict__ w, const Scalar* __restrict__ b, Scalar* __restrict__ y, GroupPlan plan, float epsilon,
    int isSilu)
{
    const GroupBlock block = BlockOf(plan, Backwards());
    if constexpr (WarpSize == 1) {
        DYNAMIC_SHARED(Accumulator, mean);  // mean, scale and offset of each channel of the tile
        const int width = block.channelCount, groupLength = plan.channelCount / plan.groupCount;
        Accumulator* scale = mean + width;
        Accumulator* offset = scale + width;
        const Accumulator* groups = statistics + 2 * Int64(block.sample) * plan.groupCount;
        for (int part = 0; part < width; part += plan.partLength) {
            const Accumulator* group = groups + 2 * ((block.firstChannel + part) / groupLength);
            for (int i = part; i < part + plan.partLength; i++) {
                const int c = block.firstChannel + i;
                mean[i] = group[0];
                scale[i] = group[1] * (w == nullptr ? Accumulator(1) : Accumulator(w[c]));
                offset[i] = b == nullptr ? Accumulator(0) : Accumulator(b[c]);
            }
        }
        const Int64 corner = block.firstRow * plan.channelCount + block.firstChannel;
        const Scalar* source = x + corner;
        Scalar* target = y + corner;
        const Int64 step = plan.channelCount;
        if (isSilu) NormaliseRows<true>(source, target, block.rowCount, width, step, mean, scale, offset);
        else NormaliseRows<false>(source, target, block.rowCount, width, step, mean, scale, offset);
    } else {
        using Moments = Pack<2, Accumulator>;
        DYNAMIC_SHARED(Moments, moments);  // one per group of the tile
        const TileGroups groups = GroupsOf(plan, block);
        FindMoments(partial, statistics, plan, block, groups, epsilon, moments);
        __syncthreads();  // writes of the groups' moments | reads for elements

        if (partial != nullptr && block.chunk == 0) StoreMoments(statistics, plan, block, groups, moments);
        for (int index = threadIdx.x; index < plan.rowLanes * block.packCount; index += blockDim.x) {
            const GroupTask task = TaskOf(block, index);
            if (isSilu) NormaliseTask<true>(x, moments, w, b, y, plan, block, task, groups.first);
            else NormaliseTask<false>(x, moments, w, b, y, plan, block, task, groups.first);
        }
    }
}
