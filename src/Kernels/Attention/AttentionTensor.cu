// AttentionTensor: softmax attention of every head on tensor cores, a tile of queries a block, over tiles of keys with
// an online softmax. The copy of the next tile overlaps the computation of the current one.
//   as Attention.cu, with the weights rounded to Scalar before they are multiplied with v
//
// Shapes   q, y: [N, Lq, Heads, D]; k, v: [N, Lk, Heads, D]; logSumExp: [N, Heads, Lq]
// Types    Half and BFloat16; products and sums in float
// Launch   128 threads a block, exactly; one block for every Rows (64; 16 for heads of more than 160 channels) queries
//          of every sequence and head; dynamic shared memory of OwnBytes + 4 * OtherBytes, and with Shares > 1 of
//          Warps * WarpLogits floats more
// Cost     4*N*Heads*Lq*Lk*D operations; reads k and v Lq/Rows times from cache; memory linear in tokens
// Limits   D a multiple of 8, up to 8 * HeadPieces; 16-byte aligned addresses; Lk >= 1; no host form
// Source   Dao 2023, FlashAttention-2, algorithm 1
#include "Common/Prelude.cuh"
#include "Attention/AttentionTensorTile.cuh"

KERNEL AttentionTensor(
    const Scalar* __restrict__ q, const Scalar* __restrict__ k, const Scalar* __restrict__ v, Scalar* __restrict__ y,
    float* __restrict__ logSumExp, AttentionPlan plan)
{
    DYNAMIC_SHARED(char, shared);  // [Rows, RowBytes] q, 2 x [Others, RowBytes] k and v, [Warps, WarpLogits] floats
    const TokenTile tile = TileOf(plan, blockIdx.x, plan.queries, plan.keys, Rows);
    const int query = tile.first, firstQuery = query + FirstRow();
    const Int64 stride = tile.stride, keyStart = tile.otherStart;
    const int end = plan.isCausal ? Minimum(plan.keys, query + Rows) : plan.keys;
    const float scale = float(plan.scale);
    char* ring = shared + OwnBytes;
    const auto copy = [&](int key, char* stage) {
        const int count = Minimum(Others, plan.keys - key);
        CopyTokens(stage, Others, k + keyStart + key * stride, count, stride, plan.channels);
        CopyTokens(stage + OtherBytes, Others, v + keyStart + key * stride, count, stride, plan.channels);
    };

    CopyTokens(shared, Rows, q + tile.start, tile.count, stride, plan.channels);
    copy(0, ring);
    CopyCommit();
    HeadSums sums = {};
    OnlineSoftmax softmax;
    for (int key = 0, buffer = 0; key < end; key += Others, buffer ^= 1) {
        char* stage = ring + buffer * 2 * OtherBytes;
        CopyWait<0>();
        __syncthreads();  // all threads' copies of this tile | their reads; reads of the last tile | copies over it
        if (key + Others < end) copy(key + Others, ring + (buffer ^ 1) * 2 * OtherBytes);
        CopyCommit();
        LogitSums logits;
        MultiplyTokens(shared, stage, logits);
        ReduceShares(logits, reinterpret_cast<float*>(ring + 4 * OtherBytes));
        MaskLogits(logits, plan, firstQuery, key);
        softmax.Weigh(logits, scale * LogarithmOfE);
        softmax.Rescale(sums);
        AddWeighted(logits, stage + OtherBytes, sums);
    }

    float factor[2];
    softmax.Finalize(
        logSumExp + tile.pair * plan.queries, firstQuery, plan.queries, scale, FirstChannel() == 0, factor);
    StoreTokens(y + tile.start, tile.count, stride, plan.channels, sums, factor);
}
