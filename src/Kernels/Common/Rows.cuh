// Rows: how the rows of a matrix are divided among blocks and their threads. A block takes rowsPerBlock rows and one
// chunk of each, of at most chunkLength elements; 2^laneBits neighbouring threads share a row, so that short rows fill
// the block too. On the host device a block is one thread, which loops over rows and over the elements of each.
//   ForEachRow(tiling, body)              calls body for the rows of the block, with the thread's elements of each
//   ForEachRowPack<Width>(tiling, bodyOf) calls bodyOf(row) for each row; what it returns is called with the thread's
//                                         packs of Width elements of that row, or with single elements where the tiling
//                                         is not in packs
#pragma once
#include "Common/Pack.cuh"

struct RowTiling {
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

DEVICE RowBlock RowBlockOf(const RowTiling& tiling)
{
    // Neighbouring blocks take neighbouring rows, not chunks of one row: what a filter reads twice is still cached.
    const int block = int(blockIdx.x);
    const int chunk = block < tiling.groupCount ? 0 : int(Quotient(block, tiling.groupCount));
    const Int64 firstRow = Int64(block - chunk * tiling.groupCount) * tiling.rowsPerBlock;
    const int first = chunk * tiling.chunkLength;
    return {
        firstRow, int(Minimum(Int64(tiling.rowsPerBlock), tiling.rowCount - firstRow)), first,
        first + Minimum(tiling.chunkLength, tiling.rowLength - first)};
}

// Calls body(row, first, end, step) for every row of the block: the thread's packs begin at first, first + step, ...
// below end; a pack is one element unless the launcher says otherwise.
template <typename Body> DEVICE void ForEachRow(const RowTiling& tiling, Body body)
{
    const RowBlock block = RowBlockOf(tiling);
    const int bits = WarpSize == 1 ? 0 : tiling.laneBits;
    const int first = block.first + (int(threadIdx.x) & ((1 << bits) - 1)) * tiling.packLength;
    for (int row = int(threadIdx.x) >> bits; row < block.rowCount; row += int(blockDim.x) >> bits) {
        body(block.firstRow + row, first, block.end, tiling.packLength << bits);
    }
}

// Not unrolled: enough of these loops run at once, and the registers of an unrolled body would lower occupancy.
template <int Width, typename BodyOf> DEVICE void ForEachPackOfRows(const RowTiling& tiling, BodyOf bodyOf)
{
    const RowBlock block = RowBlockOf(tiling);
    const int step = Width << tiling.laneBits;
    const int first = block.first + (int(threadIdx.x) & ((1 << tiling.laneBits) - 1)) * Width;
#pragma unroll 1
    for (int row = int(threadIdx.x) >> tiling.laneBits; row < block.rowCount;
         row += int(blockDim.x) >> tiling.laneBits) {
        const auto body = bodyOf(block.firstRow + row);
#pragma unroll 1
        for (int i = first; i < block.end; i += step) body(Count<Width>(), i);
    }
}

// Calls bodyOf(row)(width, i) for elements i to i + width.Value - 1 of every row, until the thread's are covered.
template <int Width, typename BodyOf> DEVICE void ForEachRowPack(const RowTiling& tiling, BodyOf bodyOf)
{
    if constexpr (WarpSize == 1) {
        const RowBlock block = RowBlockOf(tiling);
        for (int row = 0; row < block.rowCount; row++) {
            const auto body = bodyOf(block.firstRow + row);
            for (int i = block.first; i < block.end; i++) body(Count<1>(), i);
        }
    } else if (tiling.packLength == Width) {
        ForEachPackOfRows<Width>(tiling, bodyOf);
    } else {
        ForEachPackOfRows<1>(tiling, bodyOf);
    }
}
