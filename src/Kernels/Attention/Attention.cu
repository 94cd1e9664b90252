// Attention: softmax attention of every head, a tile of queries a block, over tiles of keys with an online softmax, so
// that the matrix of logits is never stored.
//   s[i,j] = scale * sum over d of q[n,i,h,d] k[n,j,h,d], masked where causal and j > i
//   y[n,i,h,d] = sum over j of exp(s[i,j] - r[i]) v[n,j,h,d], where r[n,h,i] = log of the sum over j of exp s[i,j]
//
// Shapes   q, y: [N, Lq, Heads, D]; k, v: [N, Lk, Heads, D]; logSumExp: [N, Heads, Lq]
// Types    stored as Scalar; products, sums and r in Accumulator
// Launch   256 threads a block, exactly; one block for every Tile queries of every sequence and head
// Cost     4*N*Heads*Lq*Lk*D operations; reads k and v Lq/Tile times from cache; memory linear in tokens
// Limits   D up to 16 * ColumnsPerThread; no host form: there it goes to AttentionHost
// Source   Milakov and Gimelshein 2018, Online normalizer calculation for softmax; Dao et al. 2022, FlashAttention,
//          algorithm 1
#include "Common/Prelude.cuh"
#include "Attention/AttentionTile.cuh"

KERNEL Attention(
    const Scalar* __restrict__ q, const Scalar* __restrict__ k, const Scalar* __restrict__ v, Scalar* __restrict__ y,
    Accumulator* __restrict__ logSumExp, AttentionPlan plan)
{
    __shared__ AttentionSlice leftSlice, rightSlice;
    __shared__ AttentionWeights weights;
    const TokenTile tile = TileOf(plan, blockIdx.x, plan.queries, plan.keys, Tile);
    const int query = tile.first, queryCount = tile.count;
    const Int64 pair = tile.pair, stride = tile.stride, queryStart = tile.start, keyStart = tile.otherStart;
    const int end = plan.isCausal ? Minimum(plan.keys, query + Tile) : plan.keys;
    const int row = RowOfThread(), column = ColumnOfThread();

    Accumulator largest[ThreadTile], total[ThreadTile], sum[ThreadTile][ColumnsPerThread] = {};
    for (int i = 0; i < ThreadTile; i++) {
        largest[i] = -Infinity();
        total[i] = 0;
    }
    for (int key = 0; key < end; key += Tile) {
        const int keyCount = Minimum(Tile, plan.keys - key);
        const Int64 from = keyStart + key * stride;
        Accumulator logits[ThreadTile][ThreadTile];
        MultiplyTokens(
            q + queryStart, queryCount, k + from, keyCount, stride, plan.channels, leftSlice, rightSlice, logits);
        for (int i = 0; i < ThreadTile; i++) {
            Accumulator next = largest[i];
            for (int j = 0; j < ThreadTile; j++) {
                const int at = key + column + j * Across;
                const bool isSeen = at < plan.keys && !(plan.isCausal && at > query + row + i);
                logits[i][j] = isSeen ? logits[i][j] * Accumulator(plan.scale) : Accumulator(-Infinity());
                next = Maximum(next, logits[i][j]);
            }
            next = RowMaximum(next);
            const Accumulator correction = Exp(largest[i] - next);  // key 0 is seen by all: next is finite
            Accumulator rowTotal = 0;
            for (int j = 0; j < ThreadTile; j++) {
                const Accumulator weight = Exp(logits[i][j] - next);
                weights[row + i][column + j * Across] = weight;
                rowTotal += weight;
            }
            total[i] = total[i] * correction + RowSum(rowTotal);
            largest[i] = next;
            for (int j = 0; j < ColumnsPerThread; j++) sum[i][j] *= correction;
        }
        AddWeighted(weights, v + from, keyCount, stride, plan.channels, sum);
    }

    Accumulator factor[ThreadTile];
    for (int i = 0; i < ThreadTile; i++) {
        factor[i] = total[i] == 0 ? Accumulator(0) : 1 / total[i];  // 0: there are no keys, and the mean is zero
        const bool isMine = column == 0 && row + i < queryCount;
        if (isMine) logSumExp[pair * plan.queries + query + row + i] = largest[i] + Log(total[i]);
    }
    StoreTokens(y + queryStart, queryCount, stride, plan.channels, sum, factor);
}
