// ColumnBlock: how a block sums the rows of a matrix column by column, on devices with warps. Neighbouring threads take
// neighbouring packs of Width columns, up to the size of the block; threads left over divide the rows. The host device,
// which has one thread, does not need it.
//   ThreadColumnsOf<Width>   the columns and rows that a thread takes
//   LoadColumns<Width>       loads a thread's columns of a row
//   StoreColumns             stores them
//   AddRows<Width>           calls a body with the thread's columns of each of its rows
//   ReduceRowLanes<Width>    reduces over all threads of a column, into the first of them
#pragma once
#include "Common/Batches.cuh"  // InBatches
#include "Common/Pack.cuh"     // Pack, LoadPack, StorePack

constexpr int ColumnThreads = 256;  // of a block, exactly; equals ColumnPlan.Threads in C#

struct ColumnPlan {
    int columnCount;
    int acrossBits;  // 2^acrossBits threads lie across the columns
    int tileCount;   // blocks across the columns
    int isPacked;    // whether all rows begin at multiples of a pack
};

struct ThreadColumns {
    int first, count;           // columns
    int rowLane, rowLaneCount;  // the first row, and the step to the next
};

template <int Width> DEVICE ThreadColumns ThreadColumnsOf(const ColumnPlan& plan, int tile)
{
    const int across = 1 << plan.acrossBits, thread = int(threadIdx.x);
    const int first = (tile * across + (thread & (across - 1))) * Width;
    return {first, Minimum(Width, plan.columnCount - first), thread >> plan.acrossBits, ColumnThreads / across};
}

template <int Width> DEVICE ThreadColumns ThreadColumnsOf(const ColumnPlan& plan)
{
    return ThreadColumnsOf<Width>(plan, int(blockIdx.x % unsigned(plan.tileCount)));
}

// The first count columns of a row from `from` on; those after them are not read and become 0.
template <int Width, typename Element>
DEVICE Pack<Width, Element> LoadColumns(const Element* __restrict__ from, int count, bool isPacked)
{
    if (isPacked) return LoadPack<Width>(from);
    Pack<Width, Element> pack = {};
#pragma unroll
    for (int c = 0; c < Width; c++) {
        if (c < count) pack.value[c] = from[c];
    }
    return pack;
}

// Stores the first count columns of a row, from `to` on.
template <int Width, typename Element>
DEVICE void StoreColumns(Element* __restrict__ to, const Pack<Width, Element>& pack, int count, bool isPacked)
{
    if (isPacked) {
        StorePack(to, pack);
        return;
    }
#pragma unroll
    for (int c = 0; c < Width; c++) {
        if (c < count) to[c] = pack.value[c];
    }
}

// Calls body(pack) for rows first, first + step, ... below end, in this order.
template <int Width, typename Element, typename Body>
DEVICE void AddRows(
    const Element* __restrict__ from, Int64 stride, int first, int end, int step, int count, bool isPacked, Body body)
{
    constexpr int Batch = 4;
    const auto use = [&](int, const Pack<Width, Element>& pack) { body(pack); };
    if (isPacked) {
        InBatches<Batch>(first, end, step, [=](int row) { return LoadPack<Width>(from + row * stride); }, use);
    } else {
        InBatches<Batch>(
            first, end, step, [=](int row) { return LoadColumns<Width>(from + row * stride, count, false); }, use);
    }
}

// Reduces over the threads that share columns; those of row lane 0 get the result. All threads must take part.
//   order    the upper half of the row lanes is added to the lower half, until one is left
//   shared   [Width][ColumnThreads]: neighbouring threads use neighbouring banks, so there are no bank conflicts
template <typename Operator, int Width>
DEVICE void ReduceRowLanes(Accumulator (&value)[Width], const ColumnPlan& plan, Accumulator* shared)
{
    const int thread = int(threadIdx.x);
    for (int half = ColumnThreads / 2; half >= 1 << plan.acrossBits; half /= 2) {
        if (thread >= half && thread < 2 * half) {
            for (int c = 0; c < Width; c++) shared[c * ColumnThreads + thread] = value[c];
        }
        __syncthreads();  // writes of the upper half | reads by the lower half; each element is written once
        if (thread < half) {
            for (int c = 0; c < Width; c++) {
                value[c] = Operator::Apply(value[c], shared[c * ColumnThreads + thread + half]);
            }
        }
    }
}
