// AttentionWarpgroupGradientQuery: the gradient of attention with respect to queries by warpgroups.
//   as AttentionTensorGradient.cu
//
// Shapes   q, dy, dq: [N, Lq, Heads, D]; k, v: [N, Lk, Heads, D]; statistics: [N, Heads, Lq', 2], of
//          AttentionGradientPreprocess.cu
// Types    Half and BFloat16; statistics, products and sums in float
// Launch   Threads a block, exactly; up to one block for every Rows queries of every sequence and head; dynamic shared
//          memory of OwnBytes + RingBytes, and 1024 more to align it
// Cost     6*N*Heads*Lq*Lk*D operations; memory linear in tokens
// Limits   D a multiple of 8, up to 8 * HeadPieces, HeadPieces up to 10 (registers); see AttentionWarpgroupTile.cuh
// Source   Shah et al. 2024, FlashAttention-3, algorithm 3; with a separate kernel for dq instead of atomic additions
#include "Common/Prelude.cuh"
#include "Attention/AttentionWarpgroupOwn.cuh"

// What RunMainloop calls: the warp's queries and the current tile of keys.
struct QueryMainloop {
    static constexpr bool AddsFirst = true, AddsSecond = false;
    const AttentionPlan& plan;
    const OwnTiles& own;
    const RingPair& rings;  // of keys and values
    const WorkTile& work;
    float scale;  // times log2(e)
    QueryStatistics statistics[2];
    LogitSums logits, gradients;
    Weights weights;
    HeadSums sums;

    MEMBER int FirstQuery() const { return work.own.first + FirstRow(); }

    MEMBER void Begin(int tile)
    {
        BeginProducts(logits, own.First(), rings.first.Await(tile));
        BeginProducts(gradients, own.Second(), rings.second.Await(tile));
    }

    MEMBER void Prepare(int) {}

    MEMBER void ReleaseOwn() { own.Release(); }

    MEMBER void Weigh(int tile)
    {
        WgmmaPin(logits.of);
        WgmmaPin(gradients.of);
        MaskLogits(logits, plan, FirstQuery(), work.TokenOf(tile));
        LogitGradients(logits, gradients, scale, [&](int, int i) { return statistics[i / 2]; });
        WgmmaPin(gradients.of);
    }

    MEMBER void PackOperands()
    {
        WgmmaPin(sums.of);
        Pack(weights, gradients);
    }

    MEMBER void Add(int tile) { BeginSums(sums, weights, rings.first.OperandOf(tile)); }
};

DEVICE void Produce(const AttentionPlan& plan, const OwnTiles& own, const RingPair& rings)
{
    TileScheduler<true> scheduler = {plan};
    for (WorkTile work; scheduler.Next(work);) {
        const HeadCoordinates head = HeadOf(plan, work.own.pair);
        own.Fill(work, head);
        CopyTiles(rings, work, head);
    }
}

KERNEL_OF(Threads, 1) AttentionWarpgroupGradientQuery(
    TENSOR_MAP q, TENSOR_MAP k, TENSOR_MAP v, TENSOR_MAP dy, const QueryStatistics* __restrict__ statistics,
    Scalar* __restrict__ dq, AttentionPlan plan)
{
    DYNAMIC_SHARED(char, memory);  // own tiles of q and of dy, [Stages] tiles of k, of v, aligned to 1024
    __shared__ RingBarriers barriers[2];
    __shared__ OwnBarriers ownBarriers;
    char* const start = memory + BytesToAtom(memory);
    const OwnTiles own(q, dy, ownBarriers, start);
    const RingPair rings(k, v, barriers, start + OwnBytes);
    if (threadIdx.x == 0) {
        own.Prepare();
        rings.Prepare();
        ProxyFence();
    }
    if (!BecomesConsumer()) {
        if (IsProducer()) Produce(plan, own, rings);
        return;
    }

    const float scale = float(plan.scale);
    const float factor[2] = {scale, scale};
    TileScheduler<true> scheduler = {plan};
    for (WorkTile work; scheduler.Next(work);) {
        QueryMainloop mainloop = {plan, own, rings, work, scale * LogarithmOfE};
        LoadStatistics(mainloop.statistics, StatisticsOf(statistics, plan, work.own.pair), mainloop.FirstQuery());
        own.Await(work);
        RunMainloop(rings, work, mainloop);
        WgmmaPin(mainloop.sums.of);

        const TokenTile& tile = work.own;
        StoreTokens(dq + tile.start, FirstRow(), 0, tile.count, tile.stride, plan.channels, mainloop.sums, factor);
    }
}
