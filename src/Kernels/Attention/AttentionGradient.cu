// AttentionGradient: the gradients of attention, with the logits recomputed tile by tile and nothing of their size
// stored. Queries and keys have separate kernels, so that each result is summed by one block, in one order.
//   p[i,j] = exp(s[i,j] - r[i]), delta[i] = sum over d of dy[i,d] y[i,d]
//   ds[i,j] = p[i,j] (sum over d of dy[i,d] v[j,d] - delta[i])
//   dv[j] = sum over i of p[i,j] dy[i], dq[i] = scale * sum over j of ds[i,j] k[j], dk[j] = scale * sum of ds[i,j] q[i]
//
// Shapes   q, y, dy, dq: [N, Lq, Heads, D]; k, v, dk, dv: [N, Lk, Heads, D]; logSumExp (r), delta: [N, Heads, Lq]
// Types    stored as Scalar; products, sums, r and delta in Accumulator
// Launch   delta: one warp a row. The others: 256 threads a block, exactly; one block for every Tile queries, or keys,
//          of every sequence and head
// Cost     6*N*Heads*Lq*Lk*D operations for dq, 8 for dk and dv; memory linear in tokens
// Limits   D up to 16 * ColumnsPerThread; no host form: there it goes to AttentionGradientHost
// Source   Dao et al. 2022, FlashAttention, algorithm 4; with two passes instead of atomic additions
#include "Common/Prelude.cuh"
#include "Attention/AttentionTile.cuh"

KERNEL AttentionGradientDelta(
    const Scalar* __restrict__ y, const Scalar* __restrict__ dy, Accumulator* __restrict__ delta, AttentionPlan plan)
{
    const int lane = threadIdx.x % WarpSize;
    const Int64 index = Int64(blockIdx.x) * (blockDim.x / WarpSize) + threadIdx.x / WarpSize;
    if (index >= Int64(plan.clips) * plan.heads * plan.queries) return;  // uniform in a warp
    const Int64 pair = index / plan.queries;
    const Int64 from = HeadStart(plan, pair, plan.queries) + index % plan.queries * TokenStride(plan);
    Accumulator sum = 0;
    for (int c = lane; c < plan.channels; c += WarpSize) sum += Accumulator(y[from + c]) * Accumulator(dy[from + c]);
    sum = WarpSum(sum);
    if (lane == 0) delta[index] = sum;
}

KERNEL AttentionGradientQuery(
    const Scalar* __restrict__ q, const Scalar* __restrict__ k, const Scalar* __restrict__ v,
    const Scalar* __restrict__ dy, const Accumulator* __restrict__ logSumExp, const Accumulator* __restrict__ delta,
    Scalar* __restrict__ dq, AttentionPlan plan)
{
    __shared__ AttentionSlice leftSlice, rightSlice;
    __shared__ AttentionWeights weights;
    const TokenTile tile = TileOf(plan, blockIdx.x, plan.queries, plan.keys, Tile);
    const int query = tile.first, queryCount = tile.count;
    const Int64 pair = tile.pair, stride = tile.stride, queryStart = tile.start, keyStart = tile.otherStart;
    const int end = plan.isCausal ? Minimum(plan.keys, query + Tile) : plan.keys;
    const int row = RowOfThread(), column = ColumnOfThread();

    Accumulator normalizer[ThreadTile], mean[ThreadTile], factor[ThreadTile], sum[ThreadTile][ColumnsPerThread] = {};
    for (int i = 0; i < ThreadTile; i++) {
        const Int64 at = pair * plan.queries + query + row + i;
        const bool isInside = row + i < queryCount;
        normalizer[i] = isInside ? logSumExp[at] : Accumulator(0);
        mean[i] = isInside ? delta[at] : Accumulator(0);
        factor[i] = Accumulator(plan.scale);
    }
    for (int key = 0; key < end; key += Tile) {
        const int keyCount = Minimum(Tile, plan.keys - key);
        const Int64 from = keyStart + key * stride;
        Accumulator logits[ThreadTile][ThreadTile], gradients[ThreadTile][ThreadTile];
        MultiplyTokens(
            q + queryStart, queryCount, k + from, keyCount, stride, plan.channels, leftSlice, rightSlice, logits);
        MultiplyTokens(
            dy + queryStart, queryCount, v + from, keyCount, stride, plan.channels, leftSlice, rightSlice, gradients);
        for (int i = 0; i < ThreadTile; i++) {
            for (int j = 0; j < ThreadTile; j++) {
                const int at = key + column + j * Across;
                const bool isSeen = at < plan.keys && !(plan.isCausal && at > query + row + i);
                const Accumulator weight = Exp(logits[i][j] * Accumulator(plan.scale) - normalizer[i]);
                weights[row + i][column + j * Across] =
                    isSeen ? weight * (gradients[i][j] - mean[i]) : Accumulator(0);
            }
        }
        AddWeighted(weights, k + from, keyCount, stride, plan.channels, sum);
    }
    StoreTokens(dq + queryStart, queryCount, stride, plan.channels, sum, factor);
}

KERNEL AttentionGradientKeyValue(
    const Scalar* __restrict__ q, const Scalar* __restrict__ k, const Scalar* __restrict__ v,
    const Scalar* __restrict__ dy, const Accumulator* __restrict__ logSumExp, const Accumulator* __restrict__ delta,
    Scalar* __restrict__ dk, Scalar* __restrict__ dv, AttentionPlan plan)
{
    __shared__ AttentionSlice leftSlice, rightSlice;
    __shared__ AttentionWeights weights;
    const TokenTile tile = TileOf(plan, blockIdx.x, plan.keys, plan.queries, Tile);
    const int key = tile.first, keyCount = tile.count;
    const Int64 pair = tile.pair, stride = tile.stride, keyStart = tile.start, queryStart = tile.otherStart;
    const int row = RowOfThread(), column = ColumnOfThread();

    Accumulator keySum[ThreadTile][ColumnsPerThread] = {}, valueSum[ThreadTile][ColumnsPerThread] = {};
    for (int query = plan.isCausal ? key : 0; query < plan.queries; query += Tile) {
        const int queryCount = Minimum(Tile, plan.queries - query);
        const Int64 from = queryStart + query * stride;
        Accumulator logits[ThreadTile][ThreadTile], gradients[ThreadTile][ThreadTile];
        MultiplyTokens(
            k + keyStart, keyCount, q + from, queryCount, stride, plan.channels, leftSlice, rightSlice, logits);
        MultiplyTokens(
            v + keyStart, keyCount, dy + from, queryCount, stride, plan.channels, leftSlice, rightSlice, gradients);
        for (int j = 0; j < ThreadTile; j++) {
            const int inTile = column + j * Across;
            const Int64 at = pair * plan.queries + query + inTile;
            const bool isInside = inTile < queryCount;
            const Accumulator normalizer = isInside ? logSumExp[at] : Accumulator(0);
            const Accumulator mean = isInside ? delta[at] : Accumulator(0);
            for (int i = 0; i < ThreadTile; i++) {
                const bool isSeen = isInside && !(plan.isCausal && key + row + i > query + inTile);
                const Accumulator weight =
                    isSeen ? Exp(logits[i][j] * Accumulator(plan.scale) - normalizer) : Accumulator(0);
                weights[row + i][inTile] = weight;
                gradients[i][j] = weight * (gradients[i][j] - mean);
            }
        }
        AddWeighted(weights, dy + from, queryCount, stride, plan.channels, valueSum);
        for (int i = 0; i < ThreadTile; i++) {
            for (int j = 0; j < ThreadTile; j++) weights[row + i][column + j * Across] = gradients[i][j];
        }
        AddWeighted(weights, q + from, queryCount, stride, plan.channels, keySum);
    }

    Accumulator ones[ThreadTile], scales[ThreadTile];
    for (int i = 0; i < ThreadTile; i++) {
        ones[i] = 1;
        scales[i] = Accumulator(plan.scale);
    }
    StoreTokens(dv + keyStart, keyCount, stride, plan.channels, valueSum, ones);
    StoreTokens(dk + keyStart, keyCount, stride, plan.channels, keySum, scales);
}
