// AttentionWarpgroupGradient: the gradients of attention by warpgroups, with the logits computed again tile by tile.
// Queries and keys have kernels of their own, so that each result is summed by one block, in one order.
//   as AttentionTensorGradient.cu
//
// Shapes   q, dy, dq: [N, Lq, Heads, D]; k, v, dk, dv: [N, Lk, Heads, D]; logSumExp, delta: [N, Heads, Lq]
// Types    Half and BFloat16; products and sums in float
// Launch   Threads a block, exactly; one block for every Rows queries, or keys, of every sequence and head; dynamic
//          shared memory of OwnBytes + RingBytes, and 1024 more for its beginning
// Cost     6*N*Heads*Lq*Lk*D operations for dq, 8 for dk and dv; memory linear in tokens
// Limits   D a multiple of 8, up to 8 times HeadPieces, HeadPieces up to 10: registers; see AttentionWarpgroupTile.cuh
// Source   Shah et al. 2024, FlashAttention-3, algorithm 3; in two passes in place of its atomic additions
#include "Common/Prelude.cuh"
#include "Attention/AttentionWarpgroupTile.cuh"

constexpr int OwnBytes = Warpgroups * 2 * TileBytes;

// What a multiprocessor has registers for.
constexpr int QueryBlocksAtOnce = HeadPieces > 5 ? 1 : 2;

static_assert(TileTokens == OwnTokens, "own tiles are as large as those of the ring");

// The block's own tokens of two sequences, in shared memory: a tile of the first for each warpgroup, then of the other.
struct OwnTiles {
    const TensorMap &first, &second;
    char* tiles;
    ByteBarrier* barrier;

    MEMBER void Begin(int token, HeadPlace place) const
    {
        ExpectBytes(barrier, OwnBytes);
#pragma unroll
        for (int group = 0; group < Warpgroups; group++) {
            const int at = token + group * TileTokens;
            BringTile(tiles + group * TileBytes, first, barrier, at, place);
            BringTile(tiles + (Warpgroups + group) * TileBytes, second, barrier, at, place);
        }
    }

    MEMBER TilePlace First() const { return {tiles, int(threadIdx.x) / WarpgroupThreads * TileBytes}; }
    MEMBER TilePlace Second() const { return {tiles + Warpgroups * TileBytes, First().bytes}; }
};

// Asks for the own tokens and for the first of the rings, and waits for the own.
DEVICE void BeginCopies(const OwnTiles& own, const RingPair& rings, int token)
{
    if (threadIdx.x == 0) {
        PrepareBarrier(own.barrier);
        rings.Prepare();
        ProxyFence();
        own.Begin(token, rings.first.head);
        rings.Begin();
    }
    __syncthreads();  // new barriers | waiting for them
    WaitForBytes(own.barrier, 0);
}

// A warp's queries and the tile of keys that it meets.
struct QueryWork {
    static constexpr bool AddsFirst = true, AddsSecond = false;
    const AttentionPlan& plan;
    const OwnTiles& own;
    const RingPair& rings;  // of keys and values
    int firstQuery;         // of the warp
    float scale;            // of logits as powers of two
    QueryNumbers numbers[2];
    LogitSums logits, slopes;
    Weights weights;
    HeadSums sums;

    MEMBER void Begin(int number)
    {
        BeginProducts(logits, own.First(), rings.first.Await(number));
        BeginProducts(slopes, own.Second(), rings.second.Await(number));
    }

    MEMBER void Prepare(int) {}

    MEMBER void Weigh(int number)
    {
        WgmmaPin(logits.of);
        WgmmaPin(slopes.of);
        HideUnseen(logits, plan, firstQuery, number * TileTokens);
        WeighSlopes(logits, slopes, scale, [&](int, int i) { return numbers[i / 2]; });
        WgmmaPin(slopes.of);
    }

    MEMBER void Keep()
    {
        WgmmaPin(sums.of);
        Pack(weights, slopes);
    }

    MEMBER void Add(int number) { BeginSums(sums, weights, rings.first.PlaceOf(number)); }
};

KERNEL_OF(Threads, QueryBlocksAtOnce) AttentionWarpgroupGradientQuery(
    TENSOR_MAP q, TENSOR_MAP k, TENSOR_MAP v, TENSOR_MAP dy, const float* __restrict__ logSumExp,
    const float* __restrict__ delta, Scalar* __restrict__ dq, AttentionPlan plan)
{
    DYNAMIC_SHARED(char, memory);  // own tiles of q and of dy, [Stages] tiles of k, of v, from a multiple of 1024
    __shared__ RingBarriers barriers[2];
    __shared__ ByteBarrier isOwnThere;
    const TokenTile tile = TileOf(plan, plan.queries, plan.keys, Rows);
    const int firstQuery = tile.first + FirstRow();
    const int end = plan.isCausal ? Minimum(plan.keys, tile.first + Rows) : plan.keys;
    const float scale = float(plan.scale);
    char* const start = memory + BytesToAtom(memory);
    const OwnTiles own = {q, dy, start, &isOwnThere};
    const RingPair rings = RingsAt(
        start + OwnBytes, k, v, barriers, HeadOf(plan, tile.pair), 0, (end + TileTokens - 1) / TileTokens);
    BeginCopies(own, rings, tile.first);

    QueryWork work = {plan, own, rings, firstQuery, scale * LogarithmOfE};
    const Int64 firstRow = tile.pair * plan.queries;
    LoadNumbers(work.numbers, logSumExp + firstRow, delta + firstRow, firstQuery, plan.queries);
    MeetTiles(rings, work);
    WgmmaPin(work.sums.of);

    const float factor[2] = {scale, scale};
    StoreTokens(dq + tile.start, FirstRow(), 0, tile.count, tile.stride, plan.channels, work.sums, factor);
}

// Whether a thread has registers for the numbers of all queries of a tile, so that their way from memory is hidden.
constexpr bool HoldsNumbers = Warpgroups < 3;

// A warp's keys and the tile of queries that it meets.
struct KeyWork {
    static constexpr bool AddsFirst = true, AddsSecond = true;
    const AttentionPlan& plan;
    const OwnTiles& own;
    const RingPair& rings;   // of queries and gradients
    const float* logSumExp;  // of the first query of the head
    const float* delta;
    int firstKey;    // of the warp
    int firstQuery;  // of the first tile
    float scale;     // of logits as powers of two
    QueryNumbers* numbers;  // of the tile, in shared memory, for the warp alone
    float comingRows[TileTokens / WarpSize], comingDeltas[TileTokens / WarpSize];  // a lane's share of the next ones
    QueryNumbers ofColumns[TileTokens / 8][2];
    LogitSums logits, slopes;
    Weights ofValues, ofKeys;
    HeadSums valueSums, keySums;

    MEMBER int QueryOf(int number) const { return firstQuery + number * TileTokens; }

    // Asks for the numbers of a tile.
    MEMBER void Ask(int number)
    {
#pragma unroll
        for (int i = 0; i < TileTokens / WarpSize; i++) {
            const int query = QueryOf(number) + i * WarpSize + int(threadIdx.x) % WarpSize;
            comingRows[i] = comingDeltas[i] = 0;
            if (query < plan.queries) comingRows[i] = logSumExp[query], comingDeltas[i] = delta[query];
        }
    }

    MEMBER void Begin(int number)
    {
        BeginProducts(logits, own.First(), rings.first.Await(number));
        BeginProducts(slopes, own.Second(), rings.second.Await(number));
    }

    // Those that were asked for a tile ago go round the warp, while products are computed.
    MEMBER void Prepare(int number)
    {
        WarpBarrier();  // the warp's reads of the last tile's numbers | the new ones
#pragma unroll
        for (int i = 0; i < TileTokens / WarpSize; i++) {
            numbers[i * WarpSize + threadIdx.x % WarpSize] = NumbersOf(comingRows[i], comingDeltas[i]);
        }
        WarpBarrier();  // the new numbers | their reads
#pragma unroll
        for (int column = 0; HoldsNumbers && column < TileTokens / 8; column++) {
            for (int i = 0; i < 2; i++) ofColumns[column][i] = numbers[ColumnOf(column, i)];
        }
        Ask(number + 1);
    }

    MEMBER void Weigh(int number)
    {
        WgmmaPin(logits.of);
        WgmmaPin(slopes.of);
        HideUnseeing(logits, plan, firstKey, QueryOf(number));
        WeighSlopes(logits, slopes, scale, [&](int column, int i) {
            return HoldsNumbers ? ofColumns[column][i % 2] : numbers[ColumnOf(column, i)];
        });
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

    MEMBER void Add(int number)
    {
        BeginSums(valueSums, ofValues, rings.second.PlaceOf(number));
        BeginSums(keySums, ofKeys, rings.first.PlaceOf(number));
    }
};

KERNEL_OF(Threads) AttentionWarpgroupGradientKeyValue(
    TENSOR_MAP q, TENSOR_MAP k, TENSOR_MAP v, TENSOR_MAP dy, const float* __restrict__ logSumExp,
    const float* __restrict__ delta, Scalar* __restrict__ dk, Scalar* __restrict__ dv, AttentionPlan plan)
{
    DYNAMIC_SHARED(char, memory);  // own tiles of k and of v, [Stages] tiles of q, of dy, from a multiple of 1024
    __shared__ RingBarriers barriers[2];
    __shared__ ByteBarrier isOwnThere;
    __shared__ QueryNumbers numbers[Threads / WarpSize][TileTokens];  // [warp, query of the tile]
    const TokenTile tile = TileOf(plan, plan.keys, plan.queries, Rows);
    const int first = plan.isCausal ? tile.first : 0;  // earlier queries see none of these keys
    const float scale = float(plan.scale);
    char* const start = memory + BytesToAtom(memory);
    const OwnTiles own = {k, v, start, &isOwnThere};
    const int count = (plan.queries - first + TileTokens - 1) / TileTokens;
    const RingPair rings = RingsAt(start + OwnBytes, q, dy, barriers, HeadOf(plan, tile.pair), first, count);
    BeginCopies(own, rings, tile.first);

    const Int64 firstRow = tile.pair * plan.queries;
    KeyWork work = {
        plan, own, rings, logSumExp + firstRow, delta + firstRow, tile.first + FirstRow(), first, scale * LogarithmOfE,
        numbers[threadIdx.x / WarpSize]};
    if (count > 0) {
        work.Ask(0);
        MeetTiles(rings, work);
        WgmmaPin(work.valueSums.of);
        WgmmaPin(work.keySums.of);
    }

    const float ones[2] = {1, 1}, scales[2] = {scale, scale};
    StoreTokens(dv + tile.start, FirstRow(), 0, tile.count, tile.stride, plan.channels, work.valueSums, ones);
    StoreTokens(dk + tile.start, FirstRow(), 0, tile.count, tile.stride, plan.channels, work.keySums, scales);
}
