// GroupNormGradient: the gradients of GroupNorm, from the upstream gradient dy.
//   h[n,s,c] = (x[n,s,c] - mean[n,g]) r[n,g], z = h w + b, dz = dy, or dy times the derivative of SiLU at z
//   dx[n,s,c] = r[n,g] (w[c] dz[n,s,c] - mean of w dz - h[n,s,c] mean of w dz h), means over s and the group
//   db[c] = sum over n and s of dz, dw[c] = sum over n and s of dz h
// GroupNormGradientSums: the sums of dz and dz h over each chunk of positions; GroupNormGradientReduce: over each
// sample.
// Every block of GroupNormGradient computes the means of its groups from them.
//
// Shapes   x, dy, dx: [N, S, C]; w, b, dw, db: [C], or null; statistics: [N, G, 2]; partial: [N, chunks, 2, C];
//          sums: [N, 2, C]; contiguous
// Types    stored as Scalar, summed in Accumulator; statistics, partial and sums are Accumulator
// Launch   as laid out by GroupPlan, block sizes that are multiples of WarpSize; Reduce: one block per Columns of the
//          2*C sums of a sample
// Cost     reads x and dy twice, the second time from cache if a few samples fit there, writes dx: bound by memory
// Source   Wu, He 2018, Group Normalization; derivative by hand. Sums are taken chunk by chunk in a fixed order
#include "Common/Prelude.cuh"
#include "Common/Warp.cuh"                 // LaneSum
#include "Normalization/GroupElement.cuh"  // UpstreamOf, GradientOf, AddSamples
#include "Normalization/GroupPlan.cuh"     // GroupPlan, BlockOf, TaskOf

// The moments of a group.
DEVICE Pack<2, Accumulator> MomentsOf(
    const Accumulator* __restrict__ statistics, const GroupPlan& plan, int sample, int group)
{
    return LoadPack<2>(statistics + 2 * (Int64(sample) * plan.groupCount + group));
}

// Arrays of one number per channel of a tile, for the host's one thread, which walks rows.
struct ChannelArrays {
    Accumulator *mean, *scale, *weight, *offset, *first, *second;
};

DEVICE ChannelArrays ArraysOf(
    Accumulator* memory, const Accumulator* statistics, const Scalar* w, const Scalar* b, const GroupPlan& plan,
    const GroupBlock& block)
{
    const int width = block.channelCount;
    const ChannelArrays arrays = {memory, memory + width, memory + 2 * width, memory + 3 * width, memory + 4 * width,
                                  memory + 5 * width};
    for (int part = 0; part < width; part += plan.partLength) {
        const int group = (block.firstChannel + part) / (plan.channelCount / plan.groupCount);
        const Pack<2, Accumulator> moments = MomentsOf(statistics, plan, block.sample, group);
        for (int i = part; i < part + plan.partLength; i++) {
            const int c = block.firstChannel + i;
            const Channel channel = ChannelOf(moments, w, b, c);
            arrays.mean[i] = channel.mean;
            arrays.scale[i] = channel.scale;
            arrays.weight[i] = channel.weight;
            arrays.offset[i] = channel.offset;
        }
    }
    return arrays;
}

// Whether dx holds dz between the two passes: on the host, where recomputing the exponential costs more than storing
// dz, and only for types in which storing does not round it.
constexpr bool IsUpstreamCached = WarpSize == 1 && sizeof(Scalar) == sizeof(Accumulator);

template <bool isSilu> DEVICE void HostSums(
    const Scalar* __restrict__ x, const Scalar* __restrict__ dy, Scalar* __restrict__ dx, const GroupPlan& plan,
    const GroupBlock& block, const ChannelArrays& arrays)
{
    const Accumulator* __restrict__ mean = arrays.mean;
    const Accumulator* __restrict__ scale = arrays.scale;
    const Accumulator* __restrict__ weight = arrays.weight;
    const Accumulator* __restrict__ offset = arrays.offset;
    Accumulator* __restrict__ dzSum = arrays.first;
    Accumulator* __restrict__ dzhSum = arrays.second;
    for (int c = 0; c < block.channelCount; c++) dzSum[c] = dzhSum[c] = 0;
    for (int row = 0; row < block.rowCount; row++) {
        const Scalar* xRow = x + Int64(row) * plan.channelCount;
        const Scalar* dyRow = dy + Int64(row) * plan.channelCount;
        Scalar* dxRow = dx + Int64(row) * plan.channelCount;
        for (int c = 0; c < block.channelCount; c++) {
            const Upstream at = UpstreamOf<isSilu>(
                Accumulator(xRow[c]), Accumulator(dyRow[c]), Channel{mean[c], scale[c], weight[c], offset[c]});
            if (isSilu && IsUpstreamCached) dxRow[c] = Scalar(at.dz);
            dzSum[c] += at.dz;
            dzhSum[c] += at.dz * at.h;
        }
    }
}

// A task's packs of one row, and the function that loads them.
struct RowPacks {
    Pack<PackWidth> x, dy;
};

DEVICE auto LoadRows(const Scalar* __restrict__ x, const Scalar* __restrict__ dy, const GroupPlan& plan)
{
    return [=, step = Int64(plan.channelCount)](int row) {
        return RowPacks{LoadPack<PackWidth>(x + row * step), LoadPack<PackWidth>(dy + row * step)};
    };
}

template <bool isSilu> DEVICE void TaskSums(
    const Scalar* __restrict__ x, const Scalar* __restrict__ dy, const GroupPlan& plan, const GroupTask& task,
    const Channel (&channels)[PackWidth], Accumulator (&dzSum)[PackWidth], Accumulator (&dzhSum)[PackWidth])
{
    for (int i = 0; i < PackWidth; i++) dzSum[i] = dzhSum[i] = 0;
    InBatches<2>(0, task.rowCount, 1, LoadRows(x, dy, plan), [&](int, const RowPacks& read) {
        for (int i = 0; i < PackWidth; i++) {
            const Accumulator value = Accumulator(read.x.value[i]), upstream = Accumulator(read.dy.value[i]);
            const Upstream at = UpstreamOf<isSilu>(value, upstream, channels[i]);
            dzSum[i] += at.dz;
            dzhSum[i] += at.dz * at.h;
        }
    });
}

KERNEL GroupNormGradientSums(
    const Scalar* __restrict__ x, const Scalar* __restrict__ dy, const Accumulator* __restrict__ statistics,
    const Scalar* __restrict__ w, const Scalar* __restrict__ b, Scalar* __restrict__ dx,
    Accumulator* __restrict__ partial, GroupPlan plan, int isSilu)
{
    // Two arrays [row lane][channel of the tile], accessed at consecutive elements. The host has six, ChannelArrays.
    DYNAMIC_SHARED(Accumulator, shared);
    const GroupBlock block = BlockOf(plan, blockIdx.x);
    const int width = block.channelCount;
    const int entries = plan.rowLanes * width;
    const Accumulator* sums = shared;
    if constexpr (WarpSize == 1) {
        const ChannelArrays arrays = ArraysOf(shared, statistics, w, b, plan, block);
        const Int64 corner = block.firstRow * plan.channelCount + block.firstChannel;
        if (isSilu) HostSums<true>(x + corner, dy + corner, dx + corner, plan, block, arrays);
        else HostSums<false>(x + corner, dy + corner, dx + corner, plan, block, arrays);
        sums = arrays.first;
    } else {
        for (int index = threadIdx.x; index < plan.rowLanes * block.packCount; index += blockDim.x) {
            const GroupTask task = TaskOf(block, index);
            const Int64 corner = (block.firstRow + task.firstRow) * plan.channelCount + task.firstChannel;
            Channel channels[PackWidth];
            ForEachChannel(plan, task.firstChannel, [&](int i, int group) {
                const Pack<2, Accumulator> moments = MomentsOf(statistics, plan, block.sample, group);
                channels[i] = ChannelOf(moments, w, b, task.firstChannel + i);
            });
            Accumulator dzSum[PackWidth], dzhSum[PackWidth];
            if (isSilu) TaskSums<true>(x + corner, dy + corner, plan, task, channels, dzSum, dzhSum);
            else TaskSums<false>(x + corner, dy + corner, plan, task, channels, dzSum, dzhSum);
            Accumulator* target = shared + task.lane * width + task.firstChannel - block.firstChannel;
            for (int i = 0; i < PackWidth; i++) target[i] = dzSum[i], target[entries + i] = dzhSum[i];
        }
    }
    __syncthreads();  // writes of the row lanes' sums | reads for the chunk's

    const Int64 chunk = Int64(block.sample) * plan.chunkCount + block.chunk;
    Accumulator* target = partial + 2 * chunk * plan.channelCount + block.firstChannel;
    for (int c = threadIdx.x; c < width; c += blockDim.x) {
        Accumulator dzSum = 0, dzhSum = 0;
        for (int lane = 0; lane < plan.rowLanes; lane++) {
            dzSum += sums[lane * width + c];
            dzhSum += sums[entries + lane * width + c];
        }
        target[c] = dzSum;
        target[plan.channelCount + c] = dzhSum;
    }
}

// GroupNormGradientReduce: the columns of a block, and the fixed number of lanes that the chunks are dealt to.
constexpr int Columns = 32, ChunkLanes = 8;

// The reduction on the host's one thread: row by row, with the columns' sums in registers.
DEVICE void AddRows(
    const Accumulator* __restrict__ corner, int rowCount, int rowStep, int width, Accumulator* __restrict__ target)
{
    Accumulator sum[Columns];
    for (int column = 0; column < Columns; column++) sum[column] = 0;
    for (int row = 0; row < rowCount; row++) {
        for (int column = 0; column < width; column++) sum[column] += corner[Int64(row) * rowStep + column];
    }
    for (int column = 0; column < width; column++) target[column] = sum[column];
}

KERNEL GroupNormGradientReduce(
    const Accumulator* __restrict__ partial, Accumulator* __restrict__ sums, int chunkCount, int columnCount)
{
    const int tileCount = (columnCount + Columns - 1) / Columns;
    const Int64 sample = blockIdx.x / tileCount;
    const int first = int(blockIdx.x % tileCount) * Columns;
    const int width = Minimum(Columns, columnCount - first);
    const Accumulator* corner = partial + sample * chunkCount * columnCount + first;
    Accumulator* target = sums + sample * columnCount + first;
    if constexpr (WarpSize == 1) {
        AddRows(corner, chunkCount, columnCount, width, target);
        return;
    }
    __shared__ Accumulator shared[ChunkLanes][Columns];  // [lane][column]: a warp accesses consecutive elements
    for (int index = threadIdx.x; index < ChunkLanes * Columns; index += blockDim.x) {
        const int lane = index / Columns, column = index % Columns;
        Accumulator sum = 0;
        for (int chunk = lane; chunk < chunkCount && column < width; chunk += ChunkLanes) {
            sum += corner[Int64(chunk) * columnCount + column];
        }
        shared[lane][column] = sum;
    }
    __syncthreads();  // writes of the lanes' sums | reads for the total

    for (int column = threadIdx.x; column < width; column += blockDim.x) {
        Accumulator sum = 0;
        for (int lane = 0; lane < ChunkLanes; lane++) sum += shared[lane][column];
        target[column] = sum;
    }
}

// The means of w dz and of w dz h over a group, from the sums of its sample, [2, C], by GroupLanes threads.
DEVICE Pack<2, Accumulator> MeansOf(
    const Accumulator* __restrict__ sums, const Scalar* __restrict__ w, const GroupPlan& plan, int group)
{
    const int groupLength = plan.channelCount / plan.groupCount, end = (group + 1) * groupLength;
    Accumulator dz = 0, dzh = 0;
    for (int c = group * groupLength + GroupLane(); c < end; c += GroupLanes) {
        const Accumulator weight = w == nullptr ? Accumulator(1) : Accumulator(w[c]);
        dz += weight * sums[c];
        dzh += weight * sums[plan.channelCount + c];
    }
    const Accumulator count = Accumulator(plan.positionCount) * groupLength;
    return {{LaneSum<GroupLanes>(dz) / count, LaneSum<GroupLanes>(dzh) / count}};
}

// With SiLU and IsUpstreamCached, dx holds dz already and dy is not read.
template <bool isSilu> DEVICE void HostGradient(
    const Scalar* __restrict__ x, const Scalar* __restrict__ dy, Scalar* __restrict__ dx, const GroupPlan& plan,
    const GroupBlock& block, const ChannelArrays& arrays)
{
    constexpr bool isCached = isSilu && IsUpstreamCached;
    const Accumulator* __restrict__ mean = arrays.mean;
    const Accumulator* __restrict__ scale = arrays.scale;
    const Accumulator* __restrict__ weight = arrays.weight;
    const Accumulator* __restrict__ offset = arrays.offset;
    const Accumulator* __restrict__ dzMean = arrays.first;
    const Accumulator* __restrict__ dzhMean = arrays.second;
    for (int row = 0; row < block.rowCount; row++) {
        const Int64 start = Int64(row) * plan.channelCount;
        for (int c = 0; c < block.channelCount; c++) {
            dx[start + c] = Scalar(GradientOf<isSilu && !isCached>(
                Accumulator(x[start + c]), Accumulator(isCached ? dx[start + c] : dy[start + c]),
                Channel{mean[c], scale[c], weight[c], offset[c]}, dzMean[c], dzhMean[c]));
        }
    }
}

template <bool isSilu> DEVICE void TaskGradient(
    const Scalar* __restrict__ x, const Scalar* __restrict__ dy, Scalar* __restrict__ dx, const GroupPlan& plan,
    const GroupTask& task, const Channel (&channels)[PackWidth], const Accumulator (&dzMean)[PackWidth],
    const Accumulator (&dzhMean)[PackWidth])
{
    InBatches<2>(0, task.rowCount, 1, LoadRows(x, dy, plan), [&](int row, const RowPacks& read) {
        Pack<PackWidth> result;
        for (int i = 0; i < PackWidth; i++) {
            result.value[i] = Scalar(GradientOf<isSilu>(
                Accumulator(read.x.value[i]), Accumulator(read.dy.value[i]), channels[i], dzMean[i], dzhMean[i]));
        }
        StorePack(dx + Int64(row) * plan.channelCount, result);
    });
}

KERNEL GroupNormGradient(
    const Scalar* __restrict__ x, const Scalar* __restrict__ dy, const Accumulator* __restrict__ statistics,
    const Accumulator* __restrict__ sums, const Scalar* __restrict__ w, const Scalar* __restrict__ b,
    Scalar* __restrict__ dx, Scalar* __restrict__ dw, Scalar* __restrict__ db, GroupPlan plan, int isSilu)
{
    using Means = Pack<2, Accumulator>;
    DYNAMIC_SHARED(Means, means);  // one per group of the tile; on the host followed by ChannelArrays
    const GroupBlock block = BlockOf(plan, Backwards());
    const TileGroups groups = GroupsOf(plan, block);
    const Accumulator* ownSums = sums + Int64(block.sample) * 2 * plan.channelCount;
    ForEachGroup(groups.count, means, [&](int group) { return MeansOf(ownSums, w, plan, groups.first + group); });
    if (block.sample + block.chunk == 0) {
        for (int i = threadIdx.x; i < block.channelCount; i += blockDim.x) {
            AddSamples(sums, plan.sampleCount, plan.channelCount, block.firstChannel + i, dw, db);
        }
    }
    __syncthreads();  // writes of the groups' means | reads for elements

    if constexpr (WarpSize == 1) {
        Accumulator* memory = means[groups.count].value;
        const ChannelArrays arrays = ArraysOf(memory, statistics, w, b, plan, block);
        const int groupLength = plan.channelCount / plan.groupCount;
        for (int part = 0; part < block.channelCount; part += plan.partLength) {
            const Means own = means[(block.firstChannel + part) / groupLength - groups.first];
            for (int i = part; i < part + plan.partLength; i++) {
                arrays.first[i] = own.value[0];
                arrays.second[i] = own.value[1];
            }
        }
        const Int64 corner = block.firstRow * plan.channelCount + block.firstChannel;
        if (isSilu) HostGradient<true>(x + corner, dy + corner, dx + corner, plan, block, arrays);
        else HostGradient<false>(x + corner, dy + corner, dx + corner, plan, block, arrays);
    } else {
        for (int index = threadIdx.x; index < plan.rowLanes * block.packCount; index += blockDim.x) {
            const GroupTask task = TaskOf(block, index);
            const Int64 corner = (block.firstRow + task.firstRow) * plan.channelCount + task.firstChannel;
            Channel channels[PackWidth];
            Accumulator dzMean[PackWidth], dzhMean[PackWidth];
            ForEachChannel(plan, task.firstChannel, [&](int i, int group) {
                const Pack<2, Accumulator> moments = MomentsOf(statistics, plan, block.sample, group);
                channels[i] = ChannelOf(moments, w, b, task.firstChannel + i);
                dzMean[i] = means[group - groups.first].value[0];
                dzhMean[i] = means[group - groups.first].value[1];
            });
            if (isSilu) TaskGradient<true>(x + corner, dy + corner, dx + corner, plan, task, channels, dzMean, dzhMean);
            else TaskGradient<false>(x + corner, dy + corner, dx + corner, plan, task, channels, dzMean, dzhMean);
        }
    }
}
