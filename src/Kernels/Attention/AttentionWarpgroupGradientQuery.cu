// AttentionWarpgroupGradientQuery: the gradient of attention with respect to queries by warpgroups.
//   as AttentionTensorGradient.cu
//
// Shapes   q, dy, dq: [N, Lq, Heads, D]; k, v: [N, Lk, Heads, D]; numbers: [N, Heads, Lq', 2], of
//          AttentionGradientNumbers.cu
// Types    Half and BFloat16; numbers, products and sums in float
// Launch   Threads a block, exactly; up to one block for every Rows queries of every sequence and head; dynamic shared
//          memory of OwnBytes + RingBytes, and 1024 more to align it
// Cost     6*N*Heads*Lq*Lk*D operations; memory linear in tokens
// Limits   D a multiple of 8, up to 8 * HeadPieces, HeadPieces up to 10 (registers); see AttentionWarpgroupTile.cuh
// Source   Shah et al. 2024, FlashAttention-3, algorithm 3; with a separate kernel for dq instead of atomic additions
#include "Common/Prelude.cuh"
#include "Attention/AttentionWarpgroupOwn.cuh"

// A consumer's work for StreamTiles: the warp's queries and the current tile of keys.
struct QueryWork {
    static constexpr bool AddsFirst = true, AddsSecond = false;
    const AttentionPlan& plan;
    const OwnTiles& own;
    const RingPair& rings;  // of keys and values
    const Turn& turn;
    float scale;  // times log2(e)
    QueryNumbers numbers[2];
    LogitSums logits, slopes;
    Weights weights;
    HeadSums sums;

    MEMBER int FirstQuery() const { return turn.own.first + FirstRow(); }

    MEMBER void Begin(int tile)
    {
        BeginProducts(logits, own.First(), rings.first.Await(tile));
        BeginProducts(slopes, own.Second(), rings.second.Await(tile));
    }

    MEMBER void Prepare(int) {}

    MEMBER void ReleaseOwn() { own.Release(); }

    MEMBER void Weigh(int tile)
    {
        WgmmaPin(logits.of);
        WgmmaPin(slopes.of);
        HideUnseen(logits, plan, FirstQuery(), turn.TokenOf(tile));
        WeighSlopes(logits, slopes, scale, [&](int, int i) { return numbers[i / 2]; });
        WgmmaPin(slopes.of);
    }

    MEMBER void Keep()
    {
        WgmmaPin(sums.of);
        Pack(weights, slopes);
    }

    MEMBER void Add(int tile) { BeginSums(sums, weights, rings.first.OperandOf(tile)); }
};

DEVICE void Produce(const AttentionPlan& plan, const OwnTiles& own, const RingPair& rings)
{
    Turns<true> turns = {plan};
    for (Turn turn; turns.Next(turn);) {
        const HeadPlace head = HeadOf(plan, turn.own.pair);
        own.Fill(turn, head);
        CopyTiles(rings, turn, head);
    }
}

KERNEL_OF(Threads, 1) AttentionWarpgroupGradientQuery(
    TENSOR_MAP q, TENSOR_MAP k, TENSOR_MAP v, TENSOR_MAP dy, const QueryNumbers* __restrict__ numbers,
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
    Turns<true> turns = {plan};
    for (Turn turn; turns.Next(turn);) {
        QueryWork work = {plan, own, rings, turn, scale * LogarithmOfE};
        LoadNumbers(work.numbers, NumbersOf(numbers, plan, turn.own.pair), work.FirstQuery());
        own.Await(turn);
        StreamTiles(rings, turn, work);
        WgmmaPin(work.sums.of);

        const TokenTile& tile = turn.own;
        StoreTokens(dq + tile.start, FirstRow(), 0, tile.count, tile.stride, plan.channels, work.sums, factor);
    }
}
