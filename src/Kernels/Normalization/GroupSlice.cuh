// GroupSlice: how a block holds one group of channels of one sample, [S, C / G], in shared memory. A thread owns a pack
// of PackWidth neighbouring channels at every rowStep-th position, so that neighbouring threads access neighbouring
// packs; surplus threads own none. A thread reads back only what it stored itself: no barrier is needed in between.
// The launcher chooses the pack width and the block size (GroupSlice.cs).
#pragma once

#include "Common/Batches.cuh"
#include "Common/Pack.cuh"

constexpr int SliceThreads = 1024;  // of a block, at most

// Blocks per multiprocessor that the compiler must leave room for: with a second one, loads in flight would lack
// registers.
constexpr int SliceBlocks = 1;

// The number of packs in `bytes` bytes, at least one.
template <int bytes> constexpr int PacksOf = bytes < sizeof(Pack<PackWidth>) ? 1 : bytes / sizeof(Pack<PackWidth>);

struct GroupSlice {
    Int64 corner;           // the thread's pack at the first position of the sample, in elements
    int sample, group;
    int channel;            // the first of the pack
    int pack, packCount;    // the thread's pack of the group, and how many there are
    int firstRow, rowStep;  // the thread's positions
    int rowEnd;             // 0 for a surplus thread
};

DEVICE GroupSlice SliceOf(int positionCount, int channelCount, int groupCount)
{
    const int length = channelCount / groupCount, thread = int(threadIdx.x);
    GroupSlice slice;
    slice.sample = int(blockIdx.x / unsigned(groupCount));
    slice.group = int(blockIdx.x % unsigned(groupCount));
    slice.packCount = length / PackWidth;
    slice.rowStep = int(blockDim.x) / slice.packCount;
    slice.firstRow = thread / slice.packCount;
    slice.pack = thread - slice.firstRow * slice.packCount;
    slice.rowEnd = slice.firstRow < slice.rowStep ? positionCount : 0;
    slice.channel = slice.group * length + slice.pack * PackWidth;
    slice.corner = Int64(slice.sample) * positionCount * channelCount + slice.channel;
    return slice;
}

// Calls use(row, load(row)) for the thread's positions, with `Batch` loads in flight at a time.
template <int Batch, typename Load, typename Use>
DEVICE void ForEachRow(const GroupSlice& slice, Load load, Use use)
{
    InBatches<Batch>(slice.firstRow, slice.rowEnd, slice.rowStep, load, use);
}

// The shared-memory slot of the thread's pack of a position: the lanes of a warp have consecutive slots.
DEVICE int SlotOf(const GroupSlice& slice, int row) { return row * slice.packCount + slice.pack; }
