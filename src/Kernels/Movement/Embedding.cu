// Embedding: looks up rows of a table by id.
//   y[m,c] = table[ids[m],c]; NaN if ids[m] is not in 0 .. V - 1
// EmbeddingLists: linked lists of equal ids: heads[v] is the first m with ids[m] = v, nexts[m] the next one with the
//   same id, both plus 1; 0 ends a list
// EmbeddingGradient: dtable[v,c] = sum over the m with ids[m] = v of dy[m,c], in the order of m
//
// Shapes   table, dtable: [V, C]; ids, nexts: [M]; heads: [V], given as zeros; y, dy: [M, C]; contiguous
// Types    stored as Scalar, summed in Accumulator; ids are of type Index, heads and nexts int
// Launch   one warp per row of y or dtable; any block size that is a multiple of WarpSize. Lists: a single warp
// Cost     reads and writes M*C, the gradient writes V*C: bound by memory. Lists: some hundred nanoseconds per WarpSize
//          ids, on the host a few nanoseconds per id
// Limits   V below 2^31, for the gradient M below 2^31 - 1; ids out of range contribute no gradient
// Source   the lists are built in one pass from the last id to the first: they come out in order, and no float is added
//          atomically
#include "Common/Prelude.cuh"
#include "Common/Warp.cuh"  // ShuffleXorBits, WarpBarrier

KERNEL Embedding(
    const Scalar* __restrict__ table, const Index* __restrict__ ids, Scalar* __restrict__ y, Int64 idCount,
    Int64 tableRows, int channelCount)
{
    const int lane = threadIdx.x % WarpSize;
    const Int64 row = Int64(blockIdx.x) * (blockDim.x / WarpSize) + threadIdx.x / WarpSize;
    if (row >= idCount) return;
    const Int64 id = ids[row];
    Scalar* target = y + row * channelCount;
    if (id < 0 || id >= tableRows) {
        for (int c = lane; c < channelCount; c += WarpSize) target[c] = Scalar(BitsToFloat(0x7FC00000u));
        return;
    }
    const Scalar* source = table + id * channelCount;
    for (int c = lane; c < channelCount; c += WarpSize) target[c] = source[c];
}

KERNEL EmbeddingLists(
    const Index* __restrict__ ids, int* __restrict__ heads, int* __restrict__ nexts, int idCount, int tableRows)
{
    const int lane = threadIdx.x;
    for (int end = idCount; end > 0; end -= WarpSize) {
        const int m = end - WarpSize + lane;
        const bool isId = m >= 0 && ids[m] >= 0 && ids[m] < tableRows;
        const int id = isId ? int(ids[m]) : -1;
        int later = WarpSize;  // the next lane with the same id
        bool isFirst = true;
        for (int mask = 1; mask < WarpSize; mask++) {
            const bool isSame = int(ShuffleXorBits(unsigned(id), mask)) == id;
            const int other = lane ^ mask;
            if (isSame && other > lane) later = Minimum(later, other);
            if (isSame && other < lane) isFirst = false;
        }
        const int next = later < WarpSize ? m - lane + later + 1 : isId ? heads[id] : 0;
        WarpBarrier();  // reads of heads | writes
        if (isId) nexts[m] = next;
        if (isId && isFirst) heads[id] = m + 1;
        WarpBarrier();  // writes of heads | reads of the next WarpSize ids
    }
}

KERNEL EmbeddingGradient(
    const Scalar* __restrict__ dy, const int* __restrict__ heads, const int* __restrict__ nexts,
    Scalar* __restrict__ dtable, int tableRows, int channelCount)
{
    const int lane = threadIdx.x % WarpSize;
    const Int64 row = Int64(blockIdx.x) * (blockDim.x / WarpSize) + threadIdx.x / WarpSize;
    if (row >= tableRows) return;

    // A lane sums up to Channels channels per pass over the list; wider rows take further passes.
    constexpr int Channels = WarpSize == 1 ? 64 : 8;
    Scalar* target = dtable + row * channelCount;
    for (int firstChannel = lane; firstChannel < channelCount; firstChannel += Channels * WarpSize) {
        Accumulator sum[Channels];
        for (int i = 0; i < Channels; i++) sum[i] = 0;
        for (int link = heads[row]; link != 0; link = nexts[link - 1]) {
            const Scalar* source = dy + Int64(link - 1) * channelCount;
            for (int i = 0; i < Channels; i++) {
                const int c = firstChannel + i * WarpSize;
                if (c < channelCount) sum[i] += Accumulator(source[c]);
            }
        }
        for (int i = 0; i < Channels; i++) {
            const int c = firstChannel + i * WarpSize;
            if (c < channelCount) target[c] = Scalar(sum[i]);
        }
    }
}
