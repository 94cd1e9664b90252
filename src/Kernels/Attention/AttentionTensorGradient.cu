// AttentionTensorGradient: the gradients of attention on tensor cores, with the logits recomputed tile by tile. Queries
// and keys have separate kernels, so that each result is summed by one block, in one order.
//   as AttentionGradient.cu, with p and ds rounded to Scalar before they are multiplied with dy, k and q
//
// Shapes   q, dy, dq: [N, Lq, Heads, D]; k, v, dk, dv: [N, Lk, Heads, D]; statistics: [N, Heads, Lq', 2], of
//          AttentionGradientPreprocess.cu
// Types    Half and BFloat16; statistics, products and sums in float
// Launch   128 threads a block, exactly; one block for every 64 queries, or keys, of every sequence and head; dynamic
//          shared memory of 2 * OwnBytes + 4 * OtherBytes
// Cost     6*N*Heads*Lq*Lk*D operations for dq, 8 for dk and dv; memory linear in tokens
// Limits   D a multiple of 8, up to 8 * HeadPieces; HeadPieces up to 20, where channels are not split between warps;
//          16-byte aligned addresses; no host form
// Source   Dao 2023, FlashAttention-2, algorithm 2; with two passes instead of atomic additions
#include "Common/Prelude.cuh"
#include "Attention/AttentionTensorTile.cuh"

// Two tensors whose tokens are copied together, as one tile below the other in shared memory: q and dy, or k and v.
struct TokenPair {
    const Scalar* first;
    const Scalar* second;
    Int64 stride;
    int channels;

    MEMBER void Fill(char* target, int room, int token, int count) const
    {
        CopyTokens(target, room, first + token * stride, count, stride, channels);
        CopyTokens(target + room * RowBytes, room, second + token * stride, count, stride, channels);
    }
};

KERNEL AttentionTensorGradientQuery(
    const Scalar* __restrict__ q, const Scalar* __restrict__ k, const Scalar* __restrict__ v,
    const Scalar* __restrict__ dy, const QueryStatistics* __restrict__ statistics, Scalar* __restrict__ dq,
    AttentionPlan plan)
{
    DYNAMIC_SHARED(char, shared);  // [Rows, RowBytes] of q and of dy, then twice [Others, RowBytes] of k and of v
    const TokenTile tile = TileOf(plan, blockIdx.x, plan.queries, plan.keys, Rows);
    const int query = tile.first;
    const TokenPair own = {q + tile.start, dy + tile.start, tile.stride, plan.channels};
    const TokenPair others = {k + tile.otherStart, v + tile.otherStart, tile.stride, plan.channels};
    const int end = plan.isCausal ? Minimum(plan.keys, query + Rows) : plan.keys;
    const float scale = float(plan.scale);
    char* ring = shared + 2 * OwnBytes;

    own.Fill(shared, Rows, 0, tile.count);
    others.Fill(ring, Others, 0, plan.keys);
    CopyCommit();
    QueryStatistics ofRows[2];
    LoadStatistics(ofRows, StatisticsOf(statistics, plan, tile.pair), query + FirstRow());
    HeadSums sums = {};
    for (int key = 0, buffer = 0; key < end; key += Others, buffer ^= 1) {
        const char* stage = ring + buffer * 2 * OtherBytes;
        CopyWait<0>();
        __syncthreads();  // all threads' copies of this tile | their reads; reads of the last tile | copies over it
        const int next = key + Others;
        if (next < end) others.Fill(ring + (buffer ^ 1) * 2 * OtherBytes, Others, next, plan.keys - next);
        CopyCommit();
        LogitSums logits, gradients;
        MultiplyTokens(shared, stage, logits);
        MultiplyTokens(shared + OwnBytes, stage + OtherBytes, gradients);
        MaskLogits(logits, plan, query + FirstRow(), key);
        LogitGradients(logits, gradients, scale * LogarithmOfE, [&](int, int i) { return ofRows[i / 2]; });
        AddWeighted(gradients, stage, sums);
    }

    const float factor[2] = {scale, scale};
    StoreTokens(dq + tile.start, tile.count, tile.stride, plan.channels, sums, factor);
}

KERNEL AttentionTensorGradientKeyValue(
    const Scalar* __restrict__ q, const Scalar* __restrict__ k, const Scalar* __restrict__ v,
    const Scalar* __restrict__ dy, const QueryStatistics* __restrict__ statistics, Scalar* __restrict__ dk,
    Scalar* __restrict__ dv, AttentionPlan plan)
{
    DYNAMIC_SHARED(char, shared);  // [Rows, RowBytes] of k and of v, then twice [Others, RowBytes] of q and of dy
    const TokenTile tile = TileOf(plan, blockIdx.x, plan.keys, plan.queries, Rows);
    const int key = tile.first;
    const TokenPair own = {k + tile.start, v + tile.start, tile.stride, plan.channels};
    const TokenPair others = {q + tile.otherStart, dy + tile.otherStart, tile.stride, plan.channels};
    const int start = plan.isCausal ? key : 0;  // a multiple of Rows; earlier queries do not see these keys
    const float scale = float(plan.scale);
    char* ring = shared + 2 * OwnBytes;

    // Double-buffered statistics of a tile's queries; the barrier of an iteration makes them visible.
    __shared__ QueryStatistics ofColumns[2][Others];  // [buffer, query]
    const QueryStatistics* const ofHead = StatisticsOf(statistics, plan, tile.pair);
    const auto copyStatistics = [&](int query, int buffer) {
        for (int i = threadIdx.x; i < Others && query < plan.queries; i += Threads) {
            ofColumns[buffer][i] = ofHead[query + i];
        }
    };

    own.Fill(shared, Rows, 0, tile.count);
    if (start < plan.queries) others.Fill(ring, Others, start, plan.queries - start);
    CopyCommit();
    copyStatistics(start, 0);
    HeadSums keySums = {}, valueSums = {};
    for (int query = start, buffer = 0; query < plan.queries; query += Others, buffer ^= 1) {
        const char* stage = ring + buffer * 2 * OtherBytes;
        CopyWait<0>();
        __syncthreads();  // all threads' copies of this tile | their reads; reads of the last tile | copies over it
        const int next = query + Others;
        if (next < plan.queries) others.Fill(ring + (buffer ^ 1) * 2 * OtherBytes, Others, next, plan.queries - next);
        CopyCommit();
        copyStatistics(next, buffer ^ 1);
        LogitSums weights, gradients;
        MultiplyTokens(shared, stage, weights);
        MultiplyTokens(shared + OwnBytes, stage + OtherBytes, gradients);
        MaskTransposedLogits(weights, plan, key + FirstRow(), query);
        LogitGradients(weights, gradients, scale * LogarithmOfE, [&](int column, int i) {
            return ofColumns[buffer][ColumnOf(column, i)];
        });
        AddWeighted(weights, stage + OtherBytes, valueSums);
        AddWeighted(gradients, stage, keySums);
    }
    CopyWait<0>();  // if no query sees these keys, the copies of k and v are still in flight

    const float ones[2] = {1, 1}, scales[2] = {scale, scale};
    StoreTokens(dv + tile.start, tile.count, tile.stride, plan.channels, valueSums, ones);
    StoreTokens(dk + tile.start, tile.count, tile.stride, plan.channels, keySums, scales);
}
