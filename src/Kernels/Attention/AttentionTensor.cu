// AttentionTensor: softmax attention of every head on tensor cores, a tile of queries a block, keys tile by tile with
// a running maximum and sum. The next tile comes while one is computed.
//   as Attention.cu, with the weights rounded to Scalar before they meet the values
//
// Shapes   q, y: [N, Lq, Heads, D]; k, v: [N, Lk, Heads, D]; logSumExp: [N, Heads, Lq]
// Types    Half and BFloat16; products and sums in float
// Launch   128 threads a block, exactly; one block for every Rows (64; 16 of heads beyond 160 channels) queries of
//          every sequence and head; dynamic shared memory of OwnBytes + 4 * OtherBytes, and for joined shares
// Cost     4*N*Heads*Lq*Lk*D operations; reads k and v Lq/Rows times from cache; memory linear in tokens
// Limits   D a multiple of 8, up to 8 times HeadPieces; addresses that 16 divides; Lk >= 1; no host form
// Source   Dao 2023, FlashAttention-2, algorithm 1
#include "Common/Prelude.cuh"
#include "Attention/AttentionTensorTile.cuh"

// Raw products become weights; what was summed before is scaled down to the new maximum. Powers are of two, with the
// logarithm of e in the scale, and a thread's totals are of its own columns: they are added up at the end.
DEVICE void Weigh(float scale, LogitSums& logits, float (&largest)[2], float (&total)[2], HeadSums& sums)
{
#pragma unroll
    for (int half = 0; half < 2; half++) {
        float next = largest[half];
#pragma unroll
        for (int column = 0; column < Others / 8; column++) {
            const float* values = logits.of[column].values + 2 * half;
            next = Maximum(next, Maximum(values[0], values[1]));
        }
        next = RowMaximum(next);
        const float correction = PowerOfTwo((largest[half] - next) * scale);
        const float offset = next * scale;
        float ownTotal = 0;
#pragma unroll
        for (int column = 0; column < Others / 8; column++) {
            float* values = logits.of[column].values + 2 * half;
            values[0] = PowerOfTwo(values[0] * scale - offset);
            values[1] = PowerOfTwo(values[1] * scale - offset);
            ownTotal += values[0] + values[1];
        }
        total[half] = total[half] * correction + ownTotal;
        largest[half] = next;
#pragma unroll
        for (int piece = 0; piece < WarpPieces; piece++) {
            sums.of[piece].values[2 * half] *= correction;
            sums.of[piece].values[2 * half + 1] *= correction;
        }
    }
}

KERNEL AttentionTensor(
    const Scalar* __restrict__ q, const Scalar* __restrict__ k, const Scalar* __restrict__ v, Scalar* __restrict__ y,
    float* __restrict__ logSumExp, AttentionPlan plan)
{
    DYNAMIC_SHARED(char, shared);  // [Rows, RowBytes] of q, twice [Others, RowBytes] of k and of v, [Warps, JoinLength]
    const TokenTile tile = TileOf(plan, plan.queries, plan.keys, Rows);
    const int query = tile.first, firstQuery = query + FirstRow();
    const Int64 pair = tile.pair, stride = tile.stride, keyStart = tile.otherStart;
    const int end = plan.isCausal ? Minimum(plan.keys, query + Rows) : plan.keys;
    const float scale = float(plan.scale);
    char* ring = shared + OwnBytes;
    const auto bring = [&](int key, char* stage) {
        const int count = Minimum(Others, plan.keys - key);
        BringTokens(stage, Others, k + keyStart + key * stride, count, stride, plan.channels);
        BringTokens(stage + OtherBytes, Others, v + keyStart + key * stride, count, stride, plan.channels);
    };

    BringTokens(shared, Rows, q + tile.start, tile.count, stride, plan.channels);
    bring(0, ring);
    CopyCommit();
    HeadSums sums = {};
    float largest[2] = {-Infinity(), -Infinity()}, total[2] = {0, 0};
    for (int key = 0, turn = 0; key < end; key += Others, turn ^= 1) {
        char* stage = ring + turn * 2 * OtherBytes;
        CopyWait<0>();
        __syncthreads();  // everyone's copies of this tile | their reads; the reads of the last tile | copies over it
        if (key + Others < end) bring(key + Others, ring + (turn ^ 1) * 2 * OtherBytes);
        CopyCommit();
        LogitSums logits;
        MultiplyTokens(shared, stage, logits);
        JoinShares(logits, reinterpret_cast<float*>(ring + 4 * OtherBytes));
        if (key + Others > plan.keys || (plan.isCausal && key + Others - 1 > firstQuery)) {
            ForEachLogit([&](int column, int i) {
                const int at = key + ColumnOf(column, i);
                const bool isSeen = at < plan.keys && !(plan.isCausal && at > firstQuery + RowOf(i));
                if (!isSeen) logits.of[column].values[i] = -Infinity();
            });
        }
        Weigh(scale * LogarithmOfE, logits, largest, total, sums);
        AddWeighted(logits, stage + OtherBytes, sums);
    }

    for (int half = 0; half < 2; half++) total[half] = RowSum(total[half]);
    const float factor[2] = {1 / total[0], 1 / total[1]};
    for (int half = 0; half < 2; half++) {
        const int at = firstQuery + RowOf(2 * half);
        const bool isMine = threadIdx.x % 4 == 0 && FirstChannel() == 0 && at < plan.queries;
        if (isMine) logSumExp[pair * plan.queries + at] = largest[half] * scale + Log(total[half]);
    }
    StoreTokens(y + tile.start, tile.count, stride, plan.channels, sums, factor);
}
