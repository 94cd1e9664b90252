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

// A consumer's work for StreamTiles: the warp's queries, their online softmax, and the current tile of keys.
struct QueryWork {
    static constexpr bool AddsFirst = false, AddsSecond = true;
    const AttentionPlan& plan;
    const RingPair& rings;  // of keys and values
    const Turn& turn;
    float scale;  // times log2(e)
    FragmentX queries[Steps];
    LogitSums logits;
    Weights weights;
    HeadSums sums;
    RunningRows rows;

    MEMBER int FirstQuery() const { return turn.own.first + FirstRow(); }

    // Loads the queries as left operands; q points to the block's first.
    MEMBER void Load(const Scalar* q)
    {
#pragma unroll
        for (int step = 0; step < Steps; step++) {
#pragma unroll
            for (int i = 0; i < 4; i++) {
                const int row = FirstRow() + RowOf(i % 2 * 2), channel = step * 16 + ColumnOf(i / 2, 0);
                const Scalar* from = q + row * turn.own.stride + channel;
                const bool isInside = row < turn.own.count && channel < plan.channels;
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
        HideUnseen(logits, plan, FirstQuery(), turn.TokenOf(tile));
        rows.Weigh(logits, scale);
        WgmmaPin(logits.of);
    }

    MEMBER void Keep()
    {
        WgmmaPin(sums.of);
        rows.Correct(sums);
        Pack(weights, logits);
    }

    MEMBER void Add(int tile) { BeginSums(sums, weights, rings.second.Await(tile)); }
};

DEVICE void Produce(const AttentionPlan& plan, const RingPair& rings)
{
    Turns<true> turns = {plan};
    for (Turn turn; turns.Next(turn);) CopyTiles(rings, turn, HeadOf(plan, turn.own.pair));
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
    Turns<true> turns = {plan};
    for (Turn turn; turns.Next(turn);) {
        const TokenTile& own = turn.own;
        QueryWork work = {plan, rings, turn, scale * LogarithmOfE};
        work.Load(q + own.start);
        StreamTiles(rings, turn, work);
        WgmmaPin(work.sums.of);

        float factor[2];
        float* rows = logSumExp + own.pair * plan.queries;
        work.rows.Finish(rows, work.FirstQuery(), plan.queries, scale, true, factor);
        StoreTokens(y + own.start, FirstRow(), 0, own.count, own.stride, plan.channels, work.sums, factor);
    }
}
