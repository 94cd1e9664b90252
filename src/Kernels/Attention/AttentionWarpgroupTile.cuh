// AttentionWarpgroupTile: the matrix products of attention by warpgroups (wgmma). A consumer warpgroup has 64 own
// tokens (rows), and multiplies them with tiles of TileTokens tokens (columns). One thread of a producer warpgroup has
// TMA copy these into ring buffers in shared memory, whose stages each consumer waits for and releases at its own pace,
// so that one multiplies while another computes exponentials; and within a consumer, the product of one tile's weights
// overlaps the computation of the next tile's. A block is persistent where the grid has fewer blocks than there are
// tiles of own tokens: it takes one after the other, and its rings do not drain between them.
//
// The block's variant: Warpgroups, the consumers; HeadPieces, the pieces of 8 channels that a head has at most, missing
// ones being zero-padded; and TileTokens, 64 or 128.
//
// Shared   a tile is TileTokens rows of 128 bytes for every 64 channels, with the layout of Wgmma.cuh: rows lie along K
//          in products over channels, and across it in products over tokens. The tiles begin at the first multiple of
//          1024 in a block's memory.
// Registers  one block has all of a multiprocessor's: the consumers take what the producer gives back
// Limits   compute capability 9.0; tokens that TMA copies: chunks of 16 bytes, 16-byte aligned addresses
// Source   Shah et al. 2024, FlashAttention-3, sections 3.1 and 3.2
#pragma once
#include "Attention/AttentionFragments.cuh"
#include "Common/Wgmma.cuh"
#include "Common/Tma.cuh"

constexpr int ConsumerThreads = Warpgroups * WarpgroupThreads;
constexpr int ConsumerWarps = ConsumerThreads / WarpSize;
constexpr int Threads = ConsumerThreads + WarpgroupThreads;
constexpr int ProducerRegisters = Warpgroups == 2 ? 40 : 32;
constexpr int ConsumerRegisters = Warpgroups == 2 ? 232 : 160;
constexpr int OwnTokens = 64;  // of a consumer warpgroup
constexpr int Rows = Warpgroups * OwnTokens;
constexpr int HeadChannels = 8 * HeadPieces;
constexpr int BoxChannels = 64;
constexpr int RowBytes = 128;
constexpr int BoxBytes = TileTokens * RowBytes;
constexpr int Boxes = (HeadChannels + BoxChannels - 1) / BoxChannels;
constexpr int TileBytes = Boxes * BoxBytes;
constexpr int Stages = TileBytes > 24576 ? 3 : 4;  // as many as shared memory has room for
constexpr int RingBytes = Stages * 2 * TileBytes;
constexpr int Steps = (HeadPieces + 1) / 2;  // K steps of 16 channels

using LogitSums = FragmentRow<TileTokens / 8>;
using Weights = WeightRow<TileTokens / 8>;
using HeadSums = FragmentRow<HeadPieces>;

// The warp's first row in the block's tile.
DEVICE int FirstRow() { return int(threadIdx.x) / WarpSize * 16; }

// --- Tiles -----------------------------------------------------------------------------------------------------------

// A head of a sequence, as the tensor map counts them.
struct HeadCoordinates { int head, sequence; };

DEVICE HeadCoordinates HeadOf(const AttentionPlan& plan, Int64 pair)
{
    return {int(pair % plan.heads), int(pair / plan.heads)};
}

DEVICE void CopyTile(char* to, const TensorMap& map, BarrierAddress barrier, int token, HeadCoordinates at)
{
#pragma unroll
    for (int box = 0; box < Boxes; box++) {
        CopyBox<4>(to + box * BoxBytes, map, barrier, {{box * BoxChannels, at.head, token, at.sequence}});
    }
}

// The descriptor of a tile, for products over channels as well as over tokens: the former ignore the leading distance.
DEVICE UInt64 OperandAt(const char* tile) { return MatrixDescriptor(tile, BoxBytes, AtomBytes); }

// The full and the empty barriers of a ring's stages, in shared memory.
struct RingBarriers { TransactionBarrier full[Stages], empty[Stages]; };

// A ring buffer of tiles in shared memory, filled and released in the order of the tiles' numbers, from 0 on.
struct TokenRing {
    const TensorMap& map;
    BarrierAddress full, empty;  // [Stages]
    char* stages;
    UInt64 operand;  // descriptor of the first stage

    MEMBER TokenRing(const TensorMap& tokens, RingBarriers& barriers, char* first)
        : map(tokens), full(barriers.full), empty(barriers.empty), stages(first), operand(OperandAt(first))
    {
    }

    // Called by one thread, which then calls ProxyFence; a barrier of the block must follow.
    MEMBER void Prepare() const
    {
        for (int stage = 0; stage < Stages; stage++) {
            PrepareBarrier(full + stage);
            PrepareBarrier(empty + stage, ConsumerWarps);
        }
    }

    // Called by the producer thread: waits until the tile's stage is free, and starts the copy. Returns the stage's
    // full barrier, which also expects moreBytes, for the caller to copy.
    MEMBER BarrierAddress Fill(int number, HeadCoordinates head, int token, int moreBytes = 0) const
    {
        const int stage = StageOf(number);
        if (number >= Stages) WaitForPhase(empty + stage, RoundOf(number) % 2 ^ 1);
        ArriveAndExpect(full + stage, TileBytes + moreBytes);
        CopyTile(stages + stage * TileBytes, map, full + stage, token, head);
        return full + stage;
    }

    // Waits until a tile has arrived, and returns its descriptor.
    MEMBER UInt64 Await(int number) const
    {
        WaitForPhase(full + StageOf(number), RoundOf(number) % 2);
        return OperandOf(number);
    }

    // The descriptor of a tile that has arrived.
    MEMBER UInt64 OperandOf(int number) const { return Advance(operand, StageOf(number) * TileBytes); }

    // Releases a tile's stage: called by one lane of every consumer warp when none of the warp's products reads it any
    // more.
    MEMBER void Release(int number) const { Arrive(empty + StageOf(number)); }

    static MEMBER int StageOf(int number) { return int(unsigned(number) % Stages); }

private:
    static MEMBER int RoundOf(int number) { return int(unsigned(number) / Stages); }
};

// The rings of two tensors whose tiles have the same numbers: k and v, or q and dy.
struct RingPair {
    TokenRing first, second;

    MEMBER RingPair(
        const TensorMap& firstTokens, const TensorMap& secondTokens, RingBarriers (&barriers)[2], char* start)
        : first(firstTokens, barriers[0], start), second(secondTokens, barriers[1], start + Stages * TileBytes)
    {
    }

    // As in TokenRing.
    MEMBER void Prepare() const
    {
        first.Prepare();
        second.Prepare();
    }

    // Called by all lanes of every consumer warp.
    template <bool ReleasesFirst, bool ReleasesSecond> MEMBER void Release(int number) const
    {
        if constexpr (ReleasesFirst || ReleasesSecond) {
            WarpBarrier();  // all lanes' reads | their warp's arrival
            if (threadIdx.x % WarpSize == 0) {
                if (ReleasesFirst) first.Release(number);
                if (ReleasesSecond) second.Release(number);
            }
        }
    }
};

// --- Tile scheduler --------------------------------------------------------------------------------------------------

// What a persistent block computes at a time: a tile of own tokens against its tiles of other tokens.
struct WorkTile {
    TokenTile own;
    int number;              // counts the block's work tiles
    int firstOther;          // the first other token
    int firstTile, endTile;  // tiles of other tokens, as the rings number them

    MEMBER int TokenOf(int tile) const { return firstOther + (tile - firstTile) * TileTokens; }
};

// Yields the work tiles of a block: the tiles of own tokens, queries or keys, of all heads, are dealt to the blocks
// round-robin. A query is multiplied with all keys or, if the attention is causal, with those up to its own position.
template <bool OfQueries> struct TileScheduler {
    const AttentionPlan& plan;
    unsigned index = blockIdx.x;
    int number = 0, firstTile = 0;  // of the next work tile

    MEMBER bool Next(WorkTile& work)
    {
        const int ownTokens = OfQueries ? plan.queries : plan.keys, others = OfQueries ? plan.keys : plan.queries;
        if (index >= unsigned(plan.clips) * plan.heads * ((ownTokens + Rows - 1) / Rows)) return false;
        work.own = TileOf(plan, index, ownTokens, others, Rows);
        const int first = plan.isCausal && !OfQueries ? Minimum(others, work.own.first) : 0;
        const int end = plan.isCausal && OfQueries ? Minimum(others, work.own.first + Rows) : others;
        work.number = number++;
        work.firstOther = first;
        work.firstTile = firstTile;
        work.endTile = firstTile += (end - first + TileTokens - 1) / TileTokens;
        index += gridDim.x;
        return true;
    }
};

// Called by the producer thread: copies the tiles of other tokens of a work tile into both rings.
DEVICE void CopyTiles(const RingPair& rings, const WorkTile& work, HeadCoordinates head)
{
    for (int tile = work.firstTile; tile < work.endTile; tile++) {
        rings.first.Fill(tile, head, work.TokenOf(tile));
        rings.second.Fill(tile, head, work.TokenOf(tile));
    }
}

// Whether the thread is a consumer. The block splits here: its barrier publishes the initialised mbarriers, and the
// consumers take registers that the producer warpgroup, of which only one thread works, gives back.
DEVICE bool BecomesConsumer()
{
    __syncthreads();  // initialisation of the mbarriers | their use
    const bool isConsumer = threadIdx.x < ConsumerThreads;
    if (isConsumer) AllocateRegisters<ConsumerRegisters>();
    else DeallocateRegisters<ProducerRegisters>();
    return isConsumer;
}

DEVICE bool IsProducer() { return threadIdx.x == ConsumerThreads; }

// --- Products --------------------------------------------------------------------------------------------------------

// The byte offset from the first 16 channels to those of a K step.
constexpr int StepBytes(int step) { return step / 4 * BoxBytes + step % 4 * 32; }

// Issues products[row,column] = sum over channels of own[row] others[column], own in registers.
DEVICE void BeginProducts(LogitSums& products, const FragmentX (&own)[Steps], UInt64 others)
{
    using Product = Wgmma<Scalar, TileTokens>;
    Product::template Multiply<false, false>(products.of, own[0], others);
#pragma unroll
    for (int step = 1; step < Steps; step++) {
        Product::template Multiply<false>(products.of, own[step], Advance(others, StepBytes(step)));
    }
}

// Likewise with own in shared memory.
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

// Issues sums[row,channel] += sum over columns of weights[row,column] others[column,channel].
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

// Follows the products with a tile: releases the rings that no sum reads, and computes the weights.
template <typename Mainloop> DEVICE void WeighTile(const RingPair& rings, int tile, bool isLast, Mainloop& mainloop)
{
    rings.Release<!Mainloop::AddsFirst, !Mainloop::AddsSecond>(tile);
    if (isLast) mainloop.ReleaseOwn();
    mainloop.Weigh(tile);
}

// The software pipeline of a consumer over the tiles of a work tile, which has at least one. mainloop.Begin(tile)
// issues the products with a tile, Prepare(tile) meanwhile loads what else its weights need, and Weigh(tile) turns the
// products into weights and pins those; PackOperands() rounds them to operands, once no product reads the last ones,
// and Add(tile) issues the sums with them. ReleaseOwn() is called after the last products. Mainloop::AddsFirst and
// AddsSecond tell from which rings the sums read; a tile of the other ring is released as soon as its products are
// there. The wait for the sums opens the loop's body: in one basic block with the weights that are to overlap the sums,
// the assembler would move it ahead of them.
template <typename Mainloop> DEVICE void RunMainloop(const RingPair& rings, const WorkTile& work, Mainloop& mainloop)
{
    constexpr bool AddsFirst = Mainloop::AddsFirst, AddsSecond = Mainloop::AddsSecond;
    const int first = work.firstTile, end = work.endTile;
    WgmmaFence();
    mainloop.Begin(first);
    WgmmaCommit();
    mainloop.Prepare(first);
    WgmmaWait<0>();
    WeighTile(rings, first, first == end - 1, mainloop);
    for (int tile = first + 1;; tile++) {
        WgmmaWait<0>();
        if (tile > first + 1) rings.Release<AddsFirst, AddsSecond>(tile - 2);
        mainloop.PackOperands();
        if (tile == end) break;
        WgmmaFence();
        mainloop.Begin(tile);
        WgmmaCommit();
        WgmmaFence();
        mainloop.Add(tile - 1);
        WgmmaCommit();
        mainloop.Prepare(tile);
        WgmmaWait<1>();
        WeighTile(rings, tile, tile == end - 1, mainloop);
    }
    WgmmaFence();
    mainloop.Add(end - 1);
    WgmmaCommit();
    WgmmaWait<0>();
    rings.Release<AddsFirst, AddsSecond>(end - 1);
}
