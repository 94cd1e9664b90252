// AttentionWarpgroupGradientKeyValue: the gradients of attention with respect to keys and values by warpgroups.
//   as AttentionTensorGradient.cu
//
// Shapes   q, dy: [N, Lq, Heads, D]; k, v, dk, dv: [N, Lk, Heads, D]; statistics: [N, Heads, Lq', 2], of
//          AttentionGradientPreprocess.cu
// Types    Half and BFloat16; statistics, products and sums in float
// Launch   Threads a block, exactly; up to one block for every Rows keys of every sequence and head; dynamic shared
//          memory of OwnBytes + RingBytes, and 1024 more to align it
// Cost     8*N*Heads*Lq*Lk*D operations; memory linear in tokens
// Limits   D a multiple of 8, up to 8 * HeadPieces, HeadPieces up to 10 (registers); see AttentionWarpgroupTile.cuh
// Source   Shah et al. 2024, FlashAttention-3, algorithm 3; with a separate kernel for dq instead of atomic additions
#include "Common/Prelude.cuh"
#include "Attention/AttentionWarpgroupOwn.cuh"

constexpr int StatisticsBytes = TileTokens * sizeof(QueryStatistics);

// The numbers of a tile's queries, loaded as pairs of neighbours.
struct alignas(16) StatisticsPair { QueryStatistics of[2]; };
using TileStatistics = StatisticsPair[TileTokens / 2];

// What RunMainloop calls: the warp's keys and the current tile of queries. It computes transposed logits.
struct KeyMainloop {
    static constexpr bool AddsFirst = true, AddsSecond = true;
    const AttentionPlan& plan;
    const OwnTiles& own;
    const RingPair& rings;      // of queries and upstream gradients
    const TileStatistics* stages;  // [Stages], in shared memory; they arrive with the tiles of the second ring
    const WorkTile& work;
    float scale;  // times log2(e)
    StatisticsPair statistics[TileTokens / 8];
    LogitSums logits, gradients;
    Weights ofValues, ofKeys;
    HeadSums valueSums, keySums;

    MEMBER void Begin(int tile)
    {
        BeginProducts(logits, own.First(), rings.first.Await(tile));
        BeginProducts(gradients, own.Second(), rings.second.Await(tile));
    }

    MEMBER void Prepare(int tile)
    {
        const TileStatistics& all = stages[TokenRing::StageOf(tile)];
#pragma unroll
        for (int column = 0; column < TileTokens / 8; column++) statistics[column] = all[ColumnOf(column, 0) / 2];
    }

    MEMBER void ReleaseOwn() { own.Release(); }

    MEMBER void Weigh(int tile)
    {
        WgmmaPin(logits.of);
        WgmmaPin(gradients.of);
        MaskTransposedLogits(logits, plan, work.own.first + FirstRow(), work.TokenOf(tile));
        LogitGradients(logits, gradients, scale, [&](int column, int i) { return statistics[column].of[i % 2]; });
        WgmmaPin(logits.of);
        WgmmaPin(gradients.of);
    }

    MEMBER void PackOperands()
    {
        WgmmaPin(valueSums.of);
        WgmmaPin(keySums.of);
        Pack(ofValues, logits);
        Pack(ofKeys, gradients);
    }

    MEMBER void Add(int tile)
    {
        BeginSums(valueSums, ofValues, rings.second.OperandOf(tile));
        BeginSums(keySums, ofKeys, rings.first.OperandOf(tile));
    }
};

DEVICE void Produce(
    const AttentionPlan& plan, const OwnTiles& own, const RingPair& rings, const QueryStatistics* statistics,
    TileStatistics* stages)
{
    TileScheduler<false> scheduler = {plan};
    for (WorkTile work; scheduler.Next(work);) {
        const HeadCoordinates head = HeadOf(plan, work.own.pair);
        const QueryStatistics* ofHead = StatisticsOf(statistics, plan, work.own.pair);
        own.Fill(work, head);
#pragma unroll 1
        for (int tile = work.firstTile; tile < work.endTile; tile++) {
            const int token = work.TokenOf(tile);
            rings.first.Fill(tile, head, token);
            const BarrierAddress full = rings.second.Fill(tile, head, token, StatisticsBytes);
            CopyBytes(stages[TokenRing::StageOf(tile)], ofHead + token, StatisticsBytes, full);
        }
    }
}

KERNEL_OF(Threads, 1) AttentionWarpgroupGradientKeyValue(
    TENSOR_MAP q, TENSOR_MAP k, TENSOR_MAP v, TENSOR_MAP dy, const QueryStatistics* __restrict__ statistics,
    Scalar* __restrict__ dk, Scalar* __restrict__ dv, AttentionPlan plan)
{
    DYNAMIC_SHARED(char, memory);  // own tiles of k and of v, [Stages] tiles of q, of dy, aligned to 1024
    __shared__ RingBarriers barriers[2];
    __shared__ OwnBarriers ownBarriers;
    __shared__ TileStatistics stages[Stages];
    char* const start = memory + BytesToAtom(memory);
    const OwnTiles own(k, v, ownBarriers, start);
    const RingPair rings(q, dy, barriers, start + OwnBytes);
    if (threadIdx.x == 0) {
        own.Prepare();
        rings.Prepare();
        ProxyFence();
    }
    if (!BecomesConsumer()) {
        if (IsProducer()) Produce(plan, own, rings, statistics, stages);
        return;
    }

    const float scale = float(plan.scale);
    const float ones[2] = {1, 1}, scales[2] = {scale, scale};
    TileScheduler<false> scheduler = {plan};
    for (WorkTile work; scheduler.Next(work);) {
        KeyMainloop mainloop = {plan, own, rings, stages, work, scale * LogarithmOfE};
        own.Await(work);
        if (work.firstTile < work.endTile) {
            RunMainloop(rings, work, mainloop);
            WgmmaPin(mainloop.valueSums.of);
            WgmmaPin(mainloop.keySums.of);
        } else {
            own.Release();
        }

        const TokenTile& tile = work.own;
        StoreTokens(dv + tile.start, FirstRow(), 0, tile.count, tile.stride, plan.channels, mainloop.valueSums, ones);
        StoreTokens(dk + tile.start, FirstRow(), 0, tile.count, tile.stride, plan.channels, mainloop.keySums, scales);
    }
}
