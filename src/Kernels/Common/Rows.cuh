// Rows: how a block walks a matrix of rows. A block takes rowsPerBlock rows and one chunk of at most chunkLength
// elements of each; a launch-given number of neighbouring threads shares a row, so that short rows fill the block too.
// On the host device a block is one thread, and what remains is a loop over rows around a plain loop over elements.
//   ForEachRow(walk, body)              calls body for the rows of the block, with the thread's elements of each
//   ForEachRowPack<Width>(walk, bodyOf) calls bodyOf(row) for what to do with the thread's packs of Width elements of
//                                       that row, where rows were shared out in packs, else with its elements
#pragma once
#include "Common/Pack.cuh"

struct RowWalk {
    Int64 rowCount;    // rows in all
    int rowLength;     // elements of a row
    int rowsPerBlock;  // rows that a block takes
    int groupCount;    // groups of rowsPerBlock rows; each has a block for every chunk
    int chunkLength;   // elements of a row that a block takes at most
    int laneBits;      // 2^laneBits threads, up to the block size, lie across a row; 0 on the host device
    int packLength;    // neighbouring elements that a thread takes at once: all rows begin at multiples of a pack
};

// value / divisor of numbers that are not negative. A division of 32 bits, where they suffice, takes a fraction of the
// time that one of 64 takes, on either kind of processor; a divisor of 1, which many plans have, takes none.
DEVICE Int64 Quotient(Int64 value, int divisor)
{
    if (WarpSize > 1 && divisor == 1) return value;
    const unsigned narrow = unsigned(value);
    return Int64(narrow) == value ? Int64(narrow / unsigned(divisor)) : value / divisor;
}

// What a block takes of the matrix.
struct RowBlock {
    Int64 firstRow;
    int rowCount, first, end;  // rows, and their elements from first to end - 1
};

DEVICE RowBlock RowBlockOf(const RowWalk& walk)
{
    // Neighbouring rows follow each other, not the chunks of one: what a filter meets twice is in the cache still.
    const int block = int(blockIdx.x);
    const int chunk = block < walk.groupCount ? 0 : int(Quotient(block, walk.groupCount));
    const Int64 firstRow = Int64(block - chunk * walk.groupCount) * walk.rowsPerBlock;
    const int first = chunk * walk.chunkLength;
    return {
        firstRow, int(Minimum(Int64(walk.rowsPerBlock), walk.rowCount - firstRow)), first,
        first + Minimum(walk.chunkLength, walk.rowLength - first)};
}

// Calls body(row, first, end, step) for every row of the block: the thread's packs begin at first, first + step, ...
// below end; a pack is one element unless the launcher says otherwise.
template <typename Body> DEVICE void ForEachRow(const RowWalk& walk, Body body)
{
    const RowBlock block = RowBlockOf(walk);
    const int bits = WarpSize == 1 ? 0 : walk.laneBits;
    const int first = block.first + (int(threadIdx.x) & ((1 << bits) - 1)) * walk.packLength;
    for (int row = int(threadIdx.x) >> bits; row < block.rowCount; row += int(blockDim.x) >> bits) {
        body(block.firstRow + row, first, block.end, walk.packLength << bits);
    }
}

// The loops stay loops: enough of them run at once, and a body written out twice needs registers that would leave room
// for fewer.
template <int Width, typename BodyOf> DEVICE void WalkPacks(const RowWalk& walk, BodyOf bodyOf)
{
    const RowBlock block = RowBlockOf(walk);
    const int step = Width << walk.laneBits;
    const int first = block.first + (int(threadIdx.x) & ((1 << walk.laneBits) - 1)) * Width;
#pragma unroll 1
    for (int row = int(threadIdx.x) >> walk.laneBits; row < block.rowCount; row += int(blockDim.x) >> walk.laneBits) {
        const auto body = bodyOf(block.firstRow + row);
#pragma unroll 1
        for (int i = first; i < block.end; i += step) body(Count<Width>(), i);
    }
}

// Calls bodyOf(row)(width, i) for elements i to i + width.Value - 1 of every row, until each of the thread's was met.
template <int Width, typename BodyOf> DEVICE void ForEachRowPack(const RowWalk& walk, BodyOf bodyOf)
{
    if constexpr (WarpSize == 1) {
        const RowBlock block = RowBlockOf(walk);
        for (int row = 0; row < block.rowCount; row++) {
            const auto body = bodyOf(block.firstRow + row);
            for (int i = block.first; i < block.end; i++) body(Count<1>(), i);
        }
    } else if (walk.packLength == Width) {
        WalkPacks<Width>(walk, bodyOf);
    } else {
        WalkPacks<1>(walk, bodyOf);
    }
}
