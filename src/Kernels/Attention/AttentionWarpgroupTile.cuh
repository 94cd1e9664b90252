// AttentionWarpgroupTile: the products of attention by warpgroups. A warpgroup has 64 tokens of its own (rows), and
// meets tiles of TileTokens tokens (columns) that the hardware copies into a ring in shared memory. The warpgroups of a
// block go through the ring each at its own pace, so that one multiplies while another computes powers; and within one,
// the sums of a tile are multiplied while the next one's weights are computed.
//
// The block's variant: Warpgroups; HeadPieces, the pieces of 8 channels that a head has at most, those beyond its own
// being zeros; and TileTokens, 64 or 128.
//
// Shared   a tile is TileTokens rows of 128 bytes for every 64 channels, as Wgmma.cuh has them: along the depth where
//          channels are added up, across it where tokens are. The memory of a block begins at the first multiple of
//          1024 in it.
// Limits   compute capability 9.0; tokens that TensorCopy copies: chunks of 16 bytes, from addresses that 16 divides
// Source   Shah et al. 2024, FlashAttention-3, sections 3.1 and 3.2
#pragma once
#include "Attention/AttentionFragments.cuh"
#include "Common/Wgmma.cuh"
#include "Common/TensorCopy.cuh"

constexpr int Threads = Warpgroups * WarpgroupThreads;
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

// --- Copies ----------------------------------------------------------------------------------------------------------

// A sequence and a head of it.
struct HeadPlace { int head, sequence; };

DEVICE HeadPlace HeadOf(const AttentionPlan& plan, Int64 pair)
{
    return {int(pair % plan.heads), int(pair / plan.heads)};
}

DEVICE void BringTile(char* to, const TensorMap& map, ByteBarrier* barrier, int token, HeadPlace place)
{
#pragma unroll
    for (int box = 0; box < Boxes; box++) {
        CopyBox<4>(to + box * BoxBytes, map, barrier, {{box * BoxChannels, place.head, token, place.sequence}});
    }
}

// A place in a row of tiles, as an operand.
struct TilePlace {
    const char* tiles;
    int bytes;  // from the first tile

    // Where channels are added up, and where tokens are.
    MEMBER UInt64 Along() const { return Advance(MatrixDescriptor(tiles, 16, AtomBytes), bytes); }
    MEMBER UInt64 Across() const { return Advance(MatrixDescriptor(tiles, BoxBytes, AtomBytes), bytes); }
};

// In shared memory, one for a ring.
struct RingBarriers {
    ByteBarrier isThere[Stages];
    int leavers[Stages];  // warps that have left a place since it was filled
};

// Tiles of a sequence of tokens, which the block meets one after the other.
struct TokenRing {
    const TensorMap& map;
    char* places;
    RingBarriers& barriers;
    HeadPlace head;
    int start, count;  // the token of the first tile, and tiles

    // By one thread; a ProxyFence of it must follow, and a barrier of the block.
    MEMBER void Prepare() const
    {
        for (int stage = 0; stage < Stages; stage++) {
            PrepareBarrier(barriers.isThere + stage);
            barriers.leavers[stage] = 0;
        }
    }

    // By the same thread, after its fence.
    MEMBER void Begin() const
    {
        for (int number = 0; number < Stages && number < count; number++) Bring(number);
    }

    MEMBER TilePlace PlaceOf(int number) const { return {places, StageOf(number) * TileBytes}; }

    // When it has come.
    MEMBER TilePlace Await(int number) const
    {
        WaitForBytes(barriers.isThere + StageOf(number), number / unsigned(Stages) % 2);
        return PlaceOf(number);
    }

    // By one lane of every warp, when nothing reads the tile for the warp any more: the ticket of whoever is to bring
    // another to its place. Nothing waits for the ticket before it is looked at.
    MEMBER int Leave(int number) const { return Arrive(barriers.leavers + StageOf(number), Warps); }

    MEMBER void Refill(int number, int ticket) const
    {
        if (ticket == Warps - 1 && number + Stages < count) Bring(number + Stages);
    }

private:
    static constexpr int Warps = Threads / WarpSize;

    static MEMBER int StageOf(int number) { return int(unsigned(number) % Stages); }

    MEMBER void Bring(int number) const
    {
        ByteBarrier* barrier = barriers.isThere + StageOf(number);
        ExpectBytes(barrier, TileBytes);
        BringTile(places + StageOf(number) * TileBytes, map, barrier, start + number * TileTokens, head);
    }
};

struct Tickets { int first, second; };

// Two sequences of as many tokens, side by side.
struct RingPair {
    TokenRing first, second;

    // As TokenRing has them, for both.
    MEMBER void Prepare() const
    {
        first.Prepare();
        second.Prepare();
    }

    MEMBER void Begin() const
    {
        first.Begin();
        second.Begin();
    }

    // By every warp.
    template <bool LeavesFirst, bool LeavesSecond> MEMBER Tickets Leave(int number) const
    {
        Tickets tickets = {};
        if constexpr (LeavesFirst || LeavesSecond) {
            WarpBarrier();  // all lanes' reads | the arrival of their warp
            if (threadIdx.x % WarpSize == 0) {
                if (LeavesFirst) tickets.first = first.Leave(number);
                if (LeavesSecond) tickets.second = second.Leave(number);
            }
        }
        return tickets;
    }

    MEMBER void Refill(int number, const Tickets& tickets) const
    {
        first.Refill(number, tickets.first);
        second.Refill(number, tickets.second);
    }
};

// The rings of a block from a place in its shared memory on.
DEVICE RingPair RingsAt(
    char* places, const TensorMap& first, const TensorMap& second, RingBarriers (&barriers)[2], HeadPlace head,
    int start, int count)
{
    return {{first, places, barriers[0], head, start, count},
            {second, places + Stages * TileBytes, barriers[1], head, start, count}};
}

// --- Products --------------------------------------------------------------------------------------------------------

// From the first 16 channels to those of a step.
constexpr int StepBytes(int step) { return step / 4 * BoxBytes + step % 4 * 32; }

// Begins products[row,column] = sum over channels of own[row] others[column], own in registers.
DEVICE void BeginProducts(LogitSums& products, const FragmentX (&own)[Steps], TilePlace others)
{
    using Product = Wgmma<Scalar, TileTokens>;
    const UInt64 w = others.Along();
    Product::template Multiply<false, false>(products.of, own[0], w);
#pragma unroll
    for (int step = 1; step < Steps; step++) {
        Product::template Multiply<false>(products.of, own[step], Advance(w, StepBytes(step)));
    }
}

// Likewise, own in shared memory.
DEVICE void BeginProducts(LogitSums& products, TilePlace own, TilePlace others)
{
    using Product = Wgmma<Scalar, TileTokens>;
    const UInt64 x = own.Along(), w = others.Along();
    Product::template Multiply<false, false, false>(products.of, x, w);
#pragma unroll
    for (int step = 1; step < Steps; step++) {
        Product::template Multiply<false, false>(
            products.of, Advance(x, StepBytes(step)), Advance(w, StepBytes(step)));
    }
}

// Begins sums[row,channel] += sum over columns of weights[row,column] others[column,channel].
DEVICE void BeginSums(HeadSums& sums, const Weights& weights, TilePlace others)
{
    using Product = Wgmma<Scalar, HeadChannels>;
    const UInt64 w = others.Across();
#pragma unroll
    for (int step = 0; step < TileTokens / 16; step++) {
        Product::template Multiply<true>(sums.of, weights.of[step], Advance(w, step * 16 * RowBytes));
    }
}

DEVICE void Pack(Weights& packed, const LogitSums& weights)
{
#pragma unroll
    for (int step = 0; step < TileTokens / 16; step++) {
        packed.of[step] = PackWeights(weights.of[2 * step], weights.of[2 * step + 1]);
    }
}

// Meets all tiles of two rings that have some. work.Begin(number) begins products with them, Prepare(number) brings
// what their weights need besides, and Weigh(number) makes weights of them and pins those; Keep() rounds them, while
// nothing reads those of before, and Add(number) begins the sums with them. Work::AddsFirst and AddsSecond say of which
// ring the sums are; the other's tile is left when there are products. The wait for sums begins the loop's body,
// because the assembler would have it before the weights that are to be computed meanwhile, if they stood in one block
// with it.
template <typename Work> DEVICE void MeetTiles(const RingPair& rings, Work& work)
{
    const int count = rings.first.count;
    WgmmaFence();
    work.Begin(0);
    WgmmaCommit();
    work.Prepare(0);
    WgmmaWait<0>();
    Tickets tickets = rings.Leave<!Work::AddsFirst, !Work::AddsSecond>(0);
    work.Weigh(0);
    rings.Refill(0, tickets);
    for (int number = 1;; number++) {
        WgmmaWait<0>();
        tickets = {};
        if (number > 1) tickets = rings.Leave<Work::AddsFirst, Work::AddsSecond>(number - 2);
        work.Keep();
        if (number == count) break;
        WgmmaFence();
        work.Begin(number);
        WgmmaCommit();
        WgmmaFence();
        work.Add(number - 1);
        WgmmaCommit();
        rings.Refill(number - 2, tickets);
        work.Prepare(number);
        WgmmaWait<1>();
        tickets = rings.Leave<!Work::AddsFirst, !Work::AddsSecond>(number);
        work.Weigh(number);
        rings.Refill(number, tickets);
    }
    WgmmaFence();
    work.Add(count - 1);
    WgmmaCommit();
    WgmmaWait<0>();
}
