// AttentionGradientPreprocess: the log-sum-exp in base 2 and the delta of every query, for the gradients of attention
// on tensor cores.
//   statistics[n,h,i] = (log2(e) r[n,h,i], sum over d of dy[n,i,h,d] y[n,i,h,d]); zeros beyond the last query
//
// Shapes   y, dy: [N, L, Heads, D]; logSumExp (r): [N, Heads, L]; statistics: [N, Heads, L', 2], L' =
//          PaddedQueryCount
// Types    y and dy Half or BFloat16; the others, and sums, float
// Launch   QueryLanes neighbouring lanes for every query of every sequence and head, up to L'; blocks of whole warps
// Cost     reads y and dy once
// Limits   D a multiple of 8; 16-byte aligned addresses
// Source   Dao et al. 2022, FlashAttention, algorithm 4, line 19
#include "Common/Prelude.cuh"           // KERNEL, Scalar
#include "Attention/AttentionPlan.cuh"  // QueryStatistics
#include "Common/Rows.cuh"              // LoadPack, Quotient
#include "Common/Warp.cuh"              // LaneSum

constexpr int QueryLanes = 8;
constexpr int ChunkLength = PackLength<Scalar>;

KERNEL AttentionGradientPreprocess(
    const Scalar* __restrict__ y, const Scalar* __restrict__ dy, const float* __restrict__ logSumExp,
    QueryStatistics* __restrict__ statistics, AttentionPlan plan)
{
    // In memory order, heads fastest, for coalesced loads. Lanes without a query stay for the shuffles of their warp.
    const int count = PaddedQueryCount(plan), lane = threadIdx.x % QueryLanes;
    const Int64 index = Int64(blockIdx.x) * (blockDim.x / QueryLanes) + threadIdx.x / QueryLanes;
    const Int64 token = Quotient(index, plan.heads), clip = Quotient(token, count);
    const int head = int(index - token * plan.heads), query = int(token - clip * count);
    const bool isQuery = clip < plan.clips && query < plan.queries;
    float sum = 0;
    if (isQuery) {
        const Int64 row = ((clip * plan.queries + query) * plan.heads + head) * plan.channels;
        for (int channel = lane * ChunkLength; channel < plan.channels; channel += QueryLanes * ChunkLength) {
            const auto own = LoadPack<ChunkLength>(y + row + channel);
            const auto upstream = LoadPack<ChunkLength>(dy + row + channel);
            Count<ChunkLength>::ForEach([&](int k) { sum += float(own.value[k]) * float(upstream.value[k]); });
        }
    }
    sum = LaneSum<QueryLanes>(sum);
    if (lane != 0 || clip >= plan.clips) return;
    const Int64 pair = clip * plan.heads + head;
    QueryStatistics own = {};
    if (isQuery) own = {logSumExp[pair * plan.queries + query] * LogarithmOfE, sum};
    statistics[pair * count + query] = own;
}
