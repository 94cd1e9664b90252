// AttentionWarpgroupGradientKeyValue: the gradients of attention with respect to keys and values by warpgroups.
//   as AttentionTensorGradient.cu
//
// Shapes   q, dy: [N, Lq, Heads, D]; k, v, dk, dv: [N, Lk, Heads, D]; numbers: [N, Heads, Lq', 2], of
//          AttentionGradientNumbers.cu
// Types    Half and BFloat16; numbers, products and sums in float
// Launch   Threads a block, exactly; up to one block for every Rows keys of every sequence and head; dynamic shared
//          memory of OwnBytes + RingBytes, and 1024 more to align it
// Cost     8*N*Heads*Lq*Lk*D operations; memory linear in tokens
// Limits   D a multiple of 8, up to 8 * HeadPieces, HeadPieces up to 10 (registers); see AttentionWarpgroupTile.cuh
// Source   Shah et al. 2024, FlashAttention-3, algorithm 3; with a separate kernel for dq instead of atomic additions
#include "Common/Prelude.cuh"
#include "Attention/AttentionWarpgroupOwn.cuh"

constexpr int NumberBytes = TileTokens * sizeof(QueryNumbers);

// The numbers of a tile's queries, loaded as pairs of neighbours.
struct alignas(16) NumberPair { QueryNumbers of[2]; };
using TileNumbers = NumberPair[TileTokens / 2];

// A consumer's work for StreamTiles: the warp's keys and the current tile of queries. It multiplies transposed logits.
struct KeyWork {
    static constexpr bool AddsFirst = true, AddsSecond = true;
    const AttentionPlan& plan;
    const OwnTiles& own;
    const RingPair& rings;      // of queries and upstream gradients
    const TileNumbers* places;  // [Stages], in shared memory; they arrive with the tiles of the second ring
    const Turn& turn;
    float scale;  // times log2(e)
    NumberPair numbers[TileTokens / 8];
    LogitSums logits, slopes;
    Weights ofValues, ofKeys;
    HeadSums valueSums, keySums;

    MEMBER void Begin(int tile)
    {
        BeginProducts(logits, own.First(), rings.first.Await(tile));
        BeginProducts(slopes, own.Second(), rings.second.Await(tile));
    }

    MEMBER void Prepare(int tile)
    {
        const TileNumbers& all = places[TokenRing::StageOf(tile)];
#pragma unroll
        for (int column = 0; column < TileTokens / 8; column++) numbers[column] = all[ColumnOf(column, 0) / 2];
    }

    MEMBER void ReleaseOwn() { own.Release(); }

    MEMBER void Weigh(int tile)
    {
        WgmmaPin(logits.of);
        WgmmaPin(slopes.of);
        HideUnseeing(logits, plan, turn.own.first + FirstRow(), turn.TokenOf(tile));
        WeighSlopes(logits, slopes, scale, [&](int column, int i) { return numbers[column].of[i % 2]; });
        WgmmaPin(logits.of);
        WgmmaPin(slopes.of);
    }

    MEMBER void Keep()
    {
        WgmmaPin(valueSums.of);
        WgmmaPin(keySums.of);
        Pack(ofValues, logits);
        Pack(ofKeys, slopes);
    }

    MEMBER void Add(int tile)
    {
        BeginSums(valueSums, ofValues, rings.second.OperandOf(tile));
        BeginSums(keySums, ofKeys, rings.first.OperandOf(tile));
    }
};

DEVICE void Produce(
    const AttentionPlan& plan, const OwnTiles& own, const RingPair& rings, const QueryNumbers* numbers,
    TileNumbers* places)
{
    Turns<false> turns = {plan};
    for (Turn turn; turns.Next(turn);) {
        const HeadPlace head = HeadOf(plan, turn.own.pair);
        const QueryNumbers* ofHead = NumbersOf(numbers, plan, turn.own.pair);
        own.Fill(turn, head);
#pragma unroll 1
        for (int tile = turn.firstTile; tile < turn.endTile; tile++) {
            const int token = turn.TokenOf(tile);
            rings.first.Fill(tile, head, token);
            const BarrierPlace full = rings.second.Fill(tile, head, token, NumberBytes);
            CopyBytes(places[TokenRing::StageOf(tile)], ofHead + token, NumberBytes, full);
        }
    }
}

KERNEL_OF(Threads, 1) AttentionWarpgroupGradientKeyValue(
    TENSOR_MAP q, TENSOR_MAP k, TENSOR_MAP v, TENSOR_MAP dy, const QueryNumbers* __restrict__ numbers,
    Scalar* __restrict__ dk, Scalar* __restrict__ dv, AttentionPlan plan)
{
    DYNAMIC_SHARED(char, memory);  // own tiles of k and of v, [Stages] tiles of q, of dy, aligned to 1024
    __shared__ RingBarriers barriers[2];
    __shared__ OwnBarriers ownBarriers;
    __shared__ TileNumbers places[Stages];
    char* const start = memory + BytesToAtom(memory);
    const OwnTiles own(k, v, ownBarriers, start);
    const RingPair rings(q, dy, barriers, start + OwnBytes);
    if (threadIdx.x == 0) {
        own.Prepare();
        rings.Prepare();
        ProxyFence();
    }
    if (!BecomesConsumer()) {
        if (IsProducer()) Produce(plan, own, rings, numbers, places);
        return;
    }

    const float scale = float(plan.scale);
    const float ones[2] = {1, 1}, scales[2] = {scale, scale};
    Turns<false> turns = {plan};
    for (Turn turn; turns.Next(turn);) {
        KeyWork work = {plan, own, rings, places, turn, scale * LogarithmOfE};
        own.Await(turn);
        if (turn.firstTile < turn.endTile) {
            StreamTiles(rings, turn, work);
            WgmmaPin(work.valueSums.of);
            WgmmaPin(work.keySums.of);
        } else {
            own.Release();
        }

        const TokenTile& tile = turn.own;
        StoreTokens(dv + tile.start, FirstRow(), 0, tile.count, tile.stride, plan.channels, work.valueSums, ones);
        StoreTokens(dk + tile.start, FirstRow(), 0, tile.count, tile.stride, plan.channels, work.keySums, scales);
    }
}
