// Rows: how a block walks the rows of a matrix. A block takes rowsPerBlock rows and one chunk of each, of at most
// chunkLength elements; 2^laneBits neighbouring threads share a row, so that short rows fill the block too. On the host
// device a block is one thread, and the walk is a loop over rows around a plain loop over elements.
//   ForEachRow(walk, body)              calls body for the rows of the block, with the thread's elements of each
//   ForEachRowPack<Width>(walk, bodyOf) calls bodyOf(row) for each row; what it returns is called with the thread's
//                                       packs of Width elements of that row, or with single elements where the walk is
//                                       not in packs
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

// value / divisor of non-negative numbers. A 32-bit division, where it suffices, takes a fraction of the time of a
// 64-bit one on CPUs and GPUs alike; a divisor of 1, which many plans have, takes none.
DEVICE Int64 Quotient(Int64 value, int divisor)
{
    if (WarpSize > 1 && divisor == 1) return value;
    const unsigned narrow = unsigned(value);
    return Int64(narrow) == value ? Int64(narrow / unsigned(divisor)) : value / divisor;
}

// The part of the matrix that a block takes.
struct RowBlock {
    Int64 firstRow;
    int rowCount, first, end;  // rows, and their elements from first to end - 1
};

DEVICE RowBlock RowBlockOf(const RowWalk& walk)
{
    // Neighbouring blocks take neighbouring rows, not chunks of one row: what a filter reads twice is still cached.
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

// Not unrolled: enough of these loops run at once, and the registers of an unrolled body would lower occupancy.
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

// Calls bodyOf(row)(width, i) for elements i to i + width.Value - 1 of every row, until the thread's are covered.
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
