// Rows: how a block walks a matrix of rows. A block takes rowsPerBlock rows and one chunk of at most ElementsPerBlock
// elements of each; a launch-given number of neighbouring threads shares a row, so that short rows fill the block too.
// On the host device a block is one thread, and what remains is a loop over rows around a plain loop over elements.
//   ForEachRow(walk, body)                          calls body for the rows of the block
//   ForEachPack<Width>(walk, first, end, step, body)   in there: for the thread's packs of Width elements, where rows
//                                                   were shared out in packs, else for its elements
#pragma once
#include "Common/Pack.cuh"

struct RowWalk {
    Int64 rowCount;    // rows in all
    int rowLength;     // elements of a row
    int rowsPerBlock;  // rows that a block takes
    int chunkCount;    // chunks of ElementsPerBlock elements in a row
    int lanes;         // threads across a row: a power of two up to the block size; 1 on the host device
    int packLength;    // neighbouring elements that a thread takes at once: all rows begin at multiples of a pack
    int unused;
};

// value / divisor of numbers that are not negative. A division of 32 bits, where they suffice, takes a fraction of the
// time that one of 64 takes, on either kind of processor.
DEVICE Int64 Quotient(Int64 value, int divisor)
{
    const unsigned narrow = unsigned(value);
    return Int64(narrow) == value ? Int64(narrow / unsigned(divisor)) : value / divisor;
}

// Calls body(row, first, end, step) for every row of the block: the thread's packs begin at first, first + step, ...
// below end; a pack is one element unless the launcher says otherwise.
template <typename Body> DEVICE void ForEachRow(const RowWalk& walk, Body body)
{
    // Neighbouring rows follow each other, not the chunks of one: what a filter meets twice is in the cache still.
    const int groupCount = int(gridDim.x / walk.chunkCount);
    const int part = int(Quotient(blockIdx.x, groupCount));
    const Int64 group = blockIdx.x - Int64(part) * groupCount;
    const int chunk = part * ElementsPerBlock;
    const int end = walk.rowLength < chunk + ElementsPerBlock ? walk.rowLength : chunk + ElementsPerBlock;
    const Int64 firstRow = group * walk.rowsPerBlock;
    const Int64 afterGroup = firstRow + walk.rowsPerBlock;
    const Int64 endRow = walk.rowCount < afterGroup ? walk.rowCount : afterGroup;
    const int lanes = WarpSize == 1 ? 1 : walk.lanes;
    const int rowStep = blockDim.x / lanes;
    for (Int64 row = firstRow + threadIdx.x / lanes; row < endRow; row += rowStep) {
        body(row, chunk + int(threadIdx.x) % lanes * walk.packLength, end, lanes * walk.packLength);
    }
}

// Calls body(width, i) for elements i to i + width.Value - 1 of a row, until each of the thread's was met.
template <int Width, typename Body>
DEVICE void ForEachPack(const RowWalk& walk, int first, int end, int step, Body body)
{
    if constexpr (WarpSize == 1) {
        for (int i = first; i < end; i++) body(Count<1>(), i);
    } else if (walk.packLength == Width) {
        for (int i = first; i < end; i += step) body(Count<Width>(), i);
    } else {
        for (int i = first; i < end; i += step) body(Count<1>(), i);
    }
}
