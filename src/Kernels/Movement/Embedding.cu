// Embedding: rows of a table, by number.
//   y[m,c] = table[ids[m],c]; NaN where ids[m] is not in 0 .. V - 1
// EmbeddingGradient: dtable[v,c] = sum over the m with ids[m] = v of dy[m,c], in the order of m
//
// Shapes   table, dtable: [V, C]; ids: [M]; y, dy: [M, C]; contiguous. dtable is given as zeros
// Types    stored as Scalar, summed in Accumulator; ids are of type Index
// Launch   one warp a row of y or dy; any block size that is a multiple of WarpSize
// Cost     reads and writes M*C: bound by memory; the gradient compares each id with all others, which come from cache:
//          M*M integers
// Limits   ids that are out of range have no gradient
// Source   the warp of an id's first occurrence sums the rows of them all: no other writes its row of dtable
#include "Common/Prelude.cuh"
#include "Common/Warp.cuh"  // WarpMaximum

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

// Whether some of ids[begin, end) is the one that is sought; every lane gets the answer.
DEVICE bool Occurs(const Index* __restrict__ ids, Int64 begin, Int64 end, Index id, int lane)
{
    float isFound = 0;
    for (Int64 i = begin + lane; i < end; i += WarpSize) isFound = ids[i] == id ? 1.0f : isFound;
    return WarpMaximum(isFound) > 0;
}

KERNEL EmbeddingGradient(
    const Scalar* __restrict__ dy, const Index* __restrict__ ids, Scalar* __restrict__ dtable, Int64 idCount,
    Int64 tableRows, int channelCount)
{
    constexpr int Stretch = 128;  // ids that are looked through together
    const int lane = threadIdx.x % WarpSize;
    const Int64 row = Int64(blockIdx.x) * (blockDim.x / WarpSize) + threadIdx.x / WarpSize;
    if (row >= idCount) return;  // a warp leaves as a whole, here and below
    const Index id = ids[row];
    if (id < 0 || id >= tableRows) return;
    for (Int64 begin = 0; begin < row; begin += Stretch) {
        if (Occurs(ids, begin, Minimum(row, begin + Stretch), id, lane)) return;
    }

    // Each lane has its channels, so that a sum in the order of the rows needs no other memory; more channels than a
    // warp takes at once are summed in further walks.
    constexpr int Channels = WarpSize == 1 ? 64 : 8;
    Scalar* target = dtable + Int64(id) * channelCount;
    for (int firstChannel = 0; firstChannel < channelCount; firstChannel += Channels * WarpSize) {
        Accumulator sum[Channels];
        for (int i = 0; i < Channels; i++) sum[i] = 0;
        for (Int64 begin = row; begin < idCount; begin += Stretch) {
            const Int64 end = Minimum(idCount, begin + Stretch);
            if (!Occurs(ids, begin, end, id, lane)) continue;
            for (Int64 m = begin; m < end; m++) {
                if (ids[m] != id) continue;
                const Scalar* source = dy + m * channelCount;
                for (int i = 0; i < Channels; i++) {
                    const int c = firstChannel + i * WarpSize + lane;
                    if (c < channelCount) sum[i] += Accumulator(source[c]);
                }
            }
        }
        for (int i = 0; i < Channels; i++) {
            const int c = firstChannel + i * WarpSize + lane;
            if (c < channelCount) target[c] = Scalar(sum[i]);
        }
    }
}
