// AttentionWarpgroup: softmax attention of every head by warpgroups (wgmma), with an online softmax.
//   as AttentionTensor.cu
//
// Shapes   q, y: [N, Lq, Heads, D]; k, v: [N, Lk, Heads, D]; logSumExp: [N, Heads, Lq]
// Types    Half and BFloat16; products and sums in float
// Launch   Threads a block, exactly; up to one block for every Rows queries of every sequence and head; dynamic shared
//          memory of RingBytes, and 1024 more to align it
// Cost     4*N*Heads*Lq*Lk*D operations; reads k and v Lq/Rows times from cache; memory linear in tokens
// Limits   D a multiple of 8, up to 8 * HeadPieces, HeadPieces up to 20; Lk >= 1; see AttentionWarpgroupTile.cuh
// Source   Shah et al. 2024, FlashAttention-3, algorithm 2
#include "Common/Prelude.cuh"
#include "Attention/AttentionWarpgroupTile.cuh"

// What RunMainloop calls: the warp's queries, their online softmax, and the current tile of keys.
struct QueryMainloop {
    static constexpr bool AddsFirst = false, AddsSecond = true;
    const AttentionPlan& plan;
    const RingPair& rings;  // of keys and values
    const WorkTile& work;
    float scale;  // times log2(e)
    FragmentX queries[Steps];
    LogitSums logits;
    Weights weights;
    HeadSums sums;
    OnlineSoftmax softmax;

    MEMBER int FirstQuery() const { return work.own.first + FirstRow(); }

    // Loads the queries as left operands; q points to the block's first.
    MEMBER void Load(const Scalar* q)
    {
#pragma unroll
        for (int step = 0; step < Steps; step++) {
#pragma unroll
            for (int i = 0; i < 4; i++) {
                const int row = FirstRow() + RowOf(i % 2 * 2), channel = step * 16 + ColumnOf(i / 2, 0);
                const Scalar* from = q + row * work.own.stride + channel;
                const bool isInside = row < work.own.count && channel < plan.channels;
                queries[step].bits[i] = isInside ? *reinterpret_cast<const unsigned*>(from) : 0;
            }
        }
    }

    MEMBER void Begin(int tile) { BeginProducts(logits, queries, rings.first.Await(tile)); }

    MEMBER void Prepare(int) {}

    MEMBER void ReleaseOwn() {}

    MEMBER void Weigh(int tile)
    {
        WgmmaPin(logits.of);
        MaskLogits(logits, plan, FirstQuery(), work.TokenOf(tile));
        softmax.Weigh(logits, scale);
        WgmmaPin(logits.of);
    }

    MEMBER void PackOperands()
    {
        WgmmaPin(sums.of);
        softmax.Rescale(sums);
        Pack(weights, logits);
    }

    MEMBER void Add(int tile) { BeginSums(sums, weights, rings.second.Await(tile)); }
};

DEVICE void Produce(const AttentionPlan& plan, const RingPair& rings)
{
    TileScheduler<true> scheduler = {plan};
    for (WorkTile work; scheduler.Next(work);) CopyTiles(rings, work, HeadOf(plan, work.own.pair));
}

KERNEL_OF(Threads, 1) AttentionWarpgroup(
    const Scalar* __restrict__ q, TENSOR_MAP k, TENSOR_MAP v, Scalar* __restrict__ y, float* __restrict__ logSumExp,
    AttentionPlan plan)
{
    DYNAMIC_SHARED(char, memory);  // [Stages] tiles of k, then of v, aligned to 1024
    __shared__ RingBarriers barriers[2];
    const RingPair rings(k, v, barriers, memory + BytesToAtom(memory));
    if (threadIdx.x == 0) {
        rings.Prepare();
        ProxyFence();
    }
    if (!BecomesConsumer()) {
        if (IsProducer()) Produce(plan, rings);
        return;
    }

    const float scale = float(plan.scale);
    TileScheduler<true> scheduler = {plan};
    for (WorkTile work; scheduler.Next(work);) {
        const TokenTile& own = work.own;
        QueryMainloop mainloop = {plan, rings, work, scale * LogarithmOfE};
        mainloop.Load(q + own.start);
        RunMainloop(rings, work, mainloop);
        WgmmaPin(mainloop.sums.of);

        float factor[2];
        float* rows = logSumExp + own.pair * plan.queries;
        mainloop.softmax.Finalize(rows, mainloop.FirstQuery(), plan.queries, scale, true, factor);
        StoreTokens(y + own.start, FirstRow(), 0, own.count, own.stride, plan.channels, mainloop.sums, factor);
    }
}
