// GroupPlan: how a tensor [N, S, C] whose channels are normalised in groups is tiled over blocks. A block takes one
// sample, a chunk of its positions (rows) and a tile of its channels. Within a block a task is a pack of PackWidth
// neighbouring channels over one of rowLanes equal parts of the chunk; threads take tasks in turn, so that results do
// not depend on the number of threads. On the host device the one thread walks whole rows.
#pragma once

#include "Common/Batches.cuh"
#include "Common/Pack.cuh"

struct GroupPlan {
    Int64 positionCount;  // S
    int sampleCount;      // N
    int channelCount;     // C
    int groupCount;       // G, of C / G channels each
    int partLength;       // channels of a part: a group, or an equal share of a group larger than a tile
    int chunkRows;        // positions of a chunk
    int chunkCount;
    int tileChannels;     // channels of a tile: whole parts
    int tileCount;
    int rowLanes;
    int packWidth;        // the PackWidth chosen by the launcher
};

struct GroupBlock {
    Int64 firstRow;    // counted over all samples
    int rowCount;
    int sample, chunk;
    int firstChannel, channelCount;
    int packCount;
    int laneRows;      // rows of a row lane; the last lanes may have fewer or none
};

// A kernel that re-reads another kernel's input walks it backwards: the data read last is still in the cache.
DEVICE unsigned Backwards() { return gridDim.x - 1 - blockIdx.x; }

DEVICE GroupBlock BlockOf(const GroupPlan& plan, unsigned number)
{
    const int tile = int(number % plan.tileCount);
    const int rest = int(number / plan.tileCount);
    GroupBlock block;
    block.chunk = rest % plan.chunkCount;
    block.sample = rest / plan.chunkCount;
    const Int64 first = Int64(block.chunk) * plan.chunkRows;
    block.firstRow = block.sample * plan.positionCount + first;
    block.rowCount = int(Minimum(Int64(plan.chunkRows), plan.positionCount - first));
    block.firstChannel = tile * plan.tileChannels;
    block.channelCount = Minimum(plan.tileChannels, plan.channelCount - block.firstChannel);
    block.packCount = block.channelCount / PackWidth;
    block.laneRows = plan.chunkRows / plan.rowLanes;
    return block;
}

// The extent of a task: rows [firstRow, firstRow + rowCount) of the block, channels from firstChannel of the tensor on.
struct GroupTask {
    int lane, firstRow, rowCount, firstChannel;
};

DEVICE GroupTask TaskOf(const GroupBlock& block, int task)
{
    const int lane = task / block.packCount;
    const int first = lane * block.laneRows;
    const int rows = Maximum(0, Minimum(block.laneRows, block.rowCount - first));
    return {lane, first, rows, block.firstChannel + (task - lane * block.packCount) * PackWidth};
}

// Calls body(i, group) for the channels of a pack, each with its group.
template <typename Body> DEVICE void ForEachChannel(const GroupPlan& plan, int firstChannel, Body body)
{
    const int length = plan.channelCount / plan.groupCount;
    int group = firstChannel / length, end = (group + 1) * length - firstChannel;
    for (int i = 0; i < PackWidth; i++) {
        if (i == end) group++, end += length;
        body(i, group);
    }
}

// The groups that overlap the tile of a block.
struct TileGroups {
    int first, count;
};

DEVICE TileGroups GroupsOf(const GroupPlan& plan, const GroupBlock& block)
{
    const int groupLength = plan.channelCount / plan.groupCount, first = block.firstChannel / groupLength;
    return {first, (block.firstChannel + block.channelCount - 1) / groupLength - first + 1};
}

// Neighbouring threads that reduce one group: few, so that all groups of a tile are reduced at the same time.
constexpr int GroupLanes = WarpSize == 1 ? 1 : 8;

DEVICE int GroupLane() { return threadIdx.x % GroupLanes; }

// Sets pairs[group] = pairOf(group) for groups 0 ... count - 1, each by GroupLanes threads.
template <typename PairOf>
DEVICE void ForEachGroup(int count, Pack<2, Accumulator>* __restrict__ pairs, PairOf pairOf)
{
    constexpr int PerWarp = WarpSize / GroupLanes;
    const int warp = threadIdx.x / WarpSize, warpCount = blockDim.x / WarpSize;
    for (int first = warp * PerWarp; first < count; first += warpCount * PerWarp) {
        // All lanes of a warp take part in every iteration, surplus ones with a duplicate of the last group.
        const int group = first + threadIdx.x % WarpSize / GroupLanes;
        const Pack<2, Accumulator> pair = pairOf(Minimum(group, count - 1));
        if (group < count && GroupLane() == 0) pairs[group] = pair;
    }
}
