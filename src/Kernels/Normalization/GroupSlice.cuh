// GroupSlice: how a block takes one group of channels of one sample, [S, C / G], to keep it in shared memory. A thread
// has a pack of PackWidth neighbouring channels for its own, and takes every rowStep-th position of it, so that
// neighbouring threads meet neighbouring packs; threads that are left over take none. What a thread has kept it alone
// reads again: no barrier parts the two. The launcher chooses pack and block (GroupSlice.cs).
#pragma once

#include "Common/Batches.cuh"
#include "Common/Pack.cuh"

constexpr int SliceThreads = 1024;  // of a block, at most

// Blocks of so many threads on a multiprocessor: the compiler would make room for a second one, and take the registers
// away that loads under way need.
constexpr int SliceBlocks = 1;

// How many packs are so many bytes, at least one.
template <int bytes> constexpr int PacksOf = bytes < sizeof(Pack<PackWidth>) ? 1 : bytes / sizeof(Pack<PackWidth>);

struct GroupSlice {
    Int64 corner;           // the thread's pack at the first position of the sample, in elements
    int sample, group;
    int channel;            // the first of the pack
    int pack, packCount;    // of the group: the thread's, and how many
    int firstRow, rowStep;  // positions
    int rowEnd;
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

// Calls use(row, load(row)) for the thread's positions; `Batch` of what is loaded is under way together.
template <int Batch, typename Load, typename Use>
DEVICE void ForEachRow(const GroupSlice& slice, Load load, Use use)
{
    InBatches<Batch>(slice.firstRow, slice.rowEnd, slice.rowStep, load, use);
}

// Where the block keeps the thread's pack of a position: those of a warp's lanes are neighbours.
DEVICE int SlotOf(const GroupSlice& slice, int row) { return row * slice.packCount + slice.pack; }
