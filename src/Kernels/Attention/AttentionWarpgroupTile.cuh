// AttentionWarpgroupTile: the products of attention by warpgroups. A warpgroup has 64 tokens of its own (rows), and
// meets tiles of TileTokens tokens (columns). A producer warpgroup brings these: the hardware (TMA) copies them into
// rings in shared memory, whose places the consumers wait for and give back each at its own pace, so that one
// multiplies while another computes powers; and within one, the sums of a tile are multiplied while the next one's
// weights are computed. A block is persistent: it takes one tile of own tokens after the other, and the rings do not
// run empty between them.
//
// The block's variant: Warpgroups, those that multiply; HeadPieces, the pieces of 8 channels that a head has at most,
// those beyond its own being zeros; and TileTokens, 64 or 128.
//
// Shared   a tile is TileTokens rows of 128 bytes for every 64 channels, as Wgmma.cuh has them: along the depth where
//          channels are added up, across it where tokens are. The memory of a block begins at the first multiple of
//          1024 in it.
// Registers  a multiprocessor's are for one block: the consumers take what the producer gives back
// Limits   compute capability 9.0; tokens that TensorCopy copies: chunks of 16 bytes, from addresses that 16 divides
// Source   Shah et al. 2024, FlashAttention-3, sections 3.1 and 3.2
#pragma once
#include "Attention/AttentionFragments.cuh"
#include "Common/Wgmma.cuh"
#include "Common/TensorCopy.cuh"

constexpr int MultiplyingThreads = Warpgroups * WarpgroupThreads;
constexpr int MultiplyingWarps = MultiplyingThreads / WarpSize;
constexpr int Threads = MultiplyingThreads + WarpgroupThreads;
constexpr int BringingRegisters = Warpgroups == 2 ? 40 : 32;
constexpr int MultiplyingRegisters = Warpgroups == 2 ? 232 : 160;
constexpr int OwnTokens = 64;  // of a warpgroup
constexpr int Rows = Warpgroups * OwnTokens;
constexpr int HeadChannels = 8 * HeadPieces;
constexpr int BoxChannels = 64;
constexpr int RowBytes = 128;
constexpr int BoxBytes = TileTokens * RowBytes;
constexpr int Boxes = (HeadChannels + BoxChannels - 1) / BoxChannels;
constexpr int TileBytes = Boxes * BoxBytes;
constexpr int Stages = TileBytes > 24576 ? 3 : 4;  // what shared memory has room for
constexpr int RingBytes = Stages * 2 * TileBytes;
constexpr int Steps = (HeadPieces + 1) / 2;  // of 16 channels

using LogitSums = FragmentRow<TileTokens / 8>;
using Weights = WeightRow<TileTokens / 8>;
using HeadSums = FragmentRow<HeadPieces>;

// The first of the warp's rows in the block's tile.
DEVICE int FirstRow() { return int(threadIdx.x) / WarpSize * 16; }

// --- Tiles -----------------------------------------------------------------------------------------------------------

// A sequence and a head of it.
struct HeadPlace { int head, sequence; };

DEVICE HeadPlace HeadOf(const AttentionPlan& plan, Int64 pair)
{
    return {int(pair % plan.heads), int(pair / plan.heads)};
}

DEVICE void BringTile(char* to, const TensorMap& map, BarrierPlace barrier, int token, HeadPlace place)
{
#pragma unroll
    for (int box = 0; box < Boxes; box++) {
        CopyBox<4>(to + box * BoxBytes, map, barrier, {{box * BoxChannels, place.head, token, place.sequence}});
    }
}

// A tile as an operand, whether channels are added up or tokens: along the depth the leading distance means nothing.
DEVICE UInt64 OperandAt(const char* tile) { return MatrixDescriptor(tile, BoxBytes, AtomBytes); }

// In shared memory, one for a ring: of its places.
struct RingBarriers { ByteBarrier isThere[Stages], isFree[Stages]; };

// Places for tiles in shared memory, filled and emptied in the order of the tiles' numbers, from 0 on.
struct TokenRing {
    const TensorMap& map;
    BarrierPlace isThere, isFree;  // [Stages]
    char* places;
    UInt64 operand;  // in the first place

    MEMBER TokenRing(const TensorMap& tokens, RingBarriers& barriers, char* first)
        : map(tokens), isThere(barriers.isThere), isFree(barriers.isFree), places(first), operand(OperandAt(first))
    {
    }

    // By one thread; a ProxyFence of it must follow, and a barrier of the block.
    MEMBER void Prepare() const
    {
        for (int stage = 0; stage < Stages; stage++) {
            PrepareBarrier(isThere + stage);
            PrepareBarrier(isFree + stage, MultiplyingWarps);
        }
    }

    // By the thread that brings tiles: when their place is free. So many bytes more come with the tile; the barrier
    // that they go to is returned.
    MEMBER BarrierPlace Bring(int number, HeadPlace head, int token, int moreBytes = 0) const
    {
        const int stage = StageOf(number);
        if (number >= Stages) WaitForPhase(isFree + stage, RoundOf(number) % 2 ^ 1);
        ExpectBytes(isThere + stage, TileBytes + moreBytes);
        BringTile(places + stage * TileBytes, map, isThere + stage, token, head);
        return isThere + stage;
    }

    // When it has come.
    MEMBER UInt64 Await(int number) const
    {
        WaitForPhase(isThere + StageOf(number), RoundOf(number) % 2);
        return OperandOf(number);
    }

    // Which has come.
    MEMBER UInt64 OperandOf(int number) const { return Advance(operand, StageOf(number) * TileBytes); }

    // By one lane of every warp that multiplies, when nothing reads the tile for the warp any more.
    MEMBER void Leave(int number) const { Arrive(isFree + StageOf(number)); }

    static MEMBER int StageOf(int number) { return int(unsigned(number) % Stages); }

private:
    static MEMBER int RoundOf(int number) { return int(unsigned(number) / Stages); }
};

// Two sequences of as many tokens, side by side.
struct RingPair {
    TokenRing first, second;

    MEMBER RingPair(
        const TensorMap& firstTokens, const TensorMap& secondTokens, RingBarriers (&barriers)[2], char* places)
        : first(firstTokens, barriers[0], places), second(secondTokens, barriers[1], places + Stages * TileBytes)
    {
    }

    // As TokenRing has it.
    MEMBER void Prepare() const
    {
        first.Prepare();
        second.Prepare();
    }

    // By every warp.
    template <bool LeavesFirst, bool LeavesSecond> MEMBER void Leave(int number) const
    {
        if constexpr (LeavesFirst || LeavesSecond) {
            WarpBarrier();  // all lanes' reads | the arrival of their warp
            if (threadIdx.x % WarpSize == 0) {
                if (LeavesFirst) first.Leave(number);
                if (LeavesSecond) second.Leave(number);
            }
        }
    }
};

// --- Turns -----------------------------------------------------------------------------------------------------------

// What a block does at a time: a tile of own tokens meets tiles of others.
struct Turn {
    TokenTile own;
    int number;      // of the block's turns
    int firstOther;  // token
    int firstTile, endTile;  // of others, as rings count

    MEMBER int TokenOf(int tile) const { return firstOther + (tile - firstTile) * TileTokens; }
};

// The turns of a block: the tiles of own tokens, queries or keys, of all heads go round the blocks. A query meets all
// keys, or if the attention is causal those up to its own place.
template <bool OfQueries> struct Turns {
    const AttentionPlan& plan;
    unsigned index = blockIdx.x;
    int number = 0, firstTile = 0;  // of the next one

    MEMBER bool Next(Turn& turn)
    {
        const int ownTokens = OfQueries ? plan.queries : plan.keys, others = OfQueries ? plan.keys : plan.queries;
        if (index >= unsigned(plan.clips) * plan.heads * ((ownTokens + Rows - 1) / Rows)) return false;
        turn.own = TileOf(plan, index, ownTokens, others, Rows);
        const int first = plan.isCausal && !OfQueries ? Minimum(others, turn.own.first) : 0;
        const int end = plan.isCausal && OfQueries ? Minimum(others, turn.own.first + Rows) : others;
        turn.number = number++;
        turn.firstOther = first;
        turn.firstTile = firstTile;
        turn.endTile = firstTile += (end - first + TileTokens - 1) / TileTokens;
        index += gridDim.x;
        return true;
    }
};

// By the thread that brings tiles: those of a turn.
DEVICE void BringTiles(const RingPair& rings, const Turn& turn, HeadPlace head)
{
    for (int tile = turn.firstTile; tile < turn.endTile; tile++) {
        rings.first.Bring(tile, head, turn.TokenOf(tile));
        rings.second.Bring(tile, head, turn.TokenOf(tile));
    }
}

// Whether the thread is of a warpgroup that multiplies. The block goes two ways here: of the other warpgroup one thread
// brings tiles, and what the block has prepared is seen.
DEVICE bool Multiplies()
{
    __syncthreads();  // new barriers | waiting for them
    const bool multiplies = threadIdx.x < MultiplyingThreads;
    if (multiplies) TakeRegisters<MultiplyingRegisters>();
    else KeepRegisters<BringingRegisters>();
    return multiplies;
}

DEVICE bool BringsTiles() { return threadIdx.x == MultiplyingThreads; }

// --- Products --------------------------------------------------------------------------------------------------------

// From the first 16 channels to those of a step.
constexpr int StepBytes(int step) { return step / 4 * BoxBytes + step % 4 * 32; }

// Begins products[row,column] = sum over channels of own[row] others[column], own in registers.
DEVICE void BeginProducts(LogitSums& products, const FragmentX (&own)[Steps], UInt64 others)
{
    using Product = Wgmma<Scalar, TileTokens>;
    Product::template Multiply<false, false>(products.of, own[0], others);
#pragma unroll
    for (int step = 1; step < Steps; step++) {
        Product::template Multiply<false>(products.of, own[step], Advance(others, StepBytes(step)));
    }
}

// Likewise, own in shared memory.
DEVICE void BeginProducts(LogitSums& products, UInt64 own, UInt64 others)
{
    using Product = Wgmma<Scalar, TileTokens>;
    Product::template Multiply<false, false, false>(products.of, own, others);
#pragma unroll
    for (int step = 1; step < Steps; step++) {
        Product::template Multiply<false, false>(
            products.of, Advance(own, StepBytes(step)), Advance(others, StepBytes(step)));
    }
}

// Begins sums[row,channel] += sum over columns of weights[row,column] others[column,channel].
DEVICE void BeginSums(HeadSums& sums, const Weights& weights, UInt64 others)
{
    using Product = Wgmma<Scalar, HeadChannels>;
#pragma unroll
    for (int step = 0; step < TileTokens / 16; step++) {
        Product::template Multiply<true>(sums.of, weights.of[step], Advance(others, step * 16 * RowBytes));
    }
}

DEVICE void Pack(Weights& packed, const LogitSums& weights)
{
#pragma unroll
    for (int step = 0; step < TileTokens / 16; step++) {
        packed.of[step] = PackWeights(weights.of[2 * step], weights.of[2 * step + 1]);
    }
}

// When there are the products with a tile.
template <typename Work> DEVICE void WeighTile(const RingPair& rings, int tile, bool isLast, Work& work)
{
    rings.Leave<!Work::AddsFirst, !Work::AddsSecond>(tile);
    if (isLast) work.Part();
    work.Weigh(tile);
}

// Meets the tiles of a turn, which has some. work.Begin(tile) begins products with them, Prepare(tile) brings what
// their weights need besides, and Weigh(tile) makes weights of them and pins those; Keep() rounds them, while nothing
// reads those of before, and Add(tile) begins the sums with them. Work::AddsFirst and AddsSecond say of which ring the
// sums are; the other's tile is left when there are products. Part() follows the last products. The wait for sums
// begins the loop's body, because the assembler would have it before the weights that are to be computed meanwhile, if
// they stood in one block with it.
template <typename Work> DEVICE void MeetTiles(const RingPair& rings, const Turn& turn, Work& work)
{
    constexpr bool AddsFirst = Work::AddsFirst, AddsSecond = Work::AddsSecond;
    const int first = turn.firstTile, end = turn.endTile;
    WgmmaFence();
    work.Begin(first);
    WgmmaCommit();
    work.Prepare(first);
    WgmmaWait<0>();
    WeighTile(rings, first, first == end - 1, work);
    for (int tile = first + 1;; tile++) {
        WgmmaWait<0>();
        if (tile > first + 1) rings.Leave<AddsFirst, AddsSecond>(tile - 2);
        work.Keep();
        if (tile == end) break;
        WgmmaFence();
        work.Begin(tile);
        WgmmaCommit();
        WgmmaFence();
        work.Add(tile - 1);
        WgmmaCommit();
        work.Prepare(tile);
        WgmmaWait<1>();
        WeighTile(rings, tile, tile == end - 1, work);
    }
    WgmmaFence();
    work.Add(end - 1);
    WgmmaCommit();
    WgmmaWait<0>();
    rings.Leave<AddsFirst, AddsSecond>(end - 1);
}
