// AttentionWarpgroupOwn: the own tokens of a gradient's block, from two tensors: queries and upstream gradients, or
// keys and values. TMA copies them into shared memory too, where they stay for a turn.
// Source   Shah et al. 2024, FlashAttention-3, algorithm 3
#pragma once
#include "Attention/AttentionWarpgroupTile.cuh"

constexpr int OwnCount = Rows / TileTokens;  // tiles of own tokens from one tensor
constexpr int OwnBytes = 2 * OwnCount * TileBytes;

static_assert(Rows % TileTokens == 0, "own tokens fill tiles as large as those of the rings");

// The full and the empty barrier.
struct OwnBarriers { ByteBarrier isThere, isFree; };

// The block's own tokens in shared memory: the tiles of the first tensor, then those of the second.
struct OwnTiles {
    const TensorMap &first, &second;
    BarrierPlace isThere, isFree;
    char* tiles;
    UInt64 operand;  // descriptor of the warpgroup's tokens of the first tensor

    MEMBER OwnTiles(
        const TensorMap& firstTokens, const TensorMap& secondTokens, OwnBarriers& barriers, char* places)
        : first(firstTokens), second(secondTokens), isThere(&barriers.isThere), isFree(&barriers.isFree),
          tiles(places)
    {
        const int token = WarpgroupNumber() * OwnTokens;
        operand = OperandAt(places + token / TileTokens * TileBytes + token % TileTokens * RowBytes);
    }

    // The methods are those of TokenRing, with turns in place of tile numbers.
    MEMBER void Prepare() const
    {
        PrepareBarrier(isThere);
        PrepareBarrier(isFree, MultiplyingWarps);
    }

    MEMBER void Bring(const Turn& turn, HeadPlace head) const
    {
        if (turn.number > 0) WaitForPhase(isFree, turn.number % 2 ^ 1);
        ExpectBytes(isThere, OwnBytes);
        for (int tile = 0; tile < OwnCount; tile++) {
            const int token = turn.own.first + tile * TileTokens;
            BringTile(tiles + tile * TileBytes, first, isThere, token, head);
            BringTile(tiles + (OwnCount + tile) * TileBytes, second, isThere, token, head);
        }
    }

    MEMBER void Await(const Turn& turn) const { WaitForPhase(isThere, turn.number % 2); }

    MEMBER void Leave() const
    {
        WarpBarrier();  // all lanes' reads | their warp's arrival
        if (threadIdx.x % WarpSize == 0) Arrive(isFree);
    }

    MEMBER UInt64 First() const { return operand; }
    MEMBER UInt64 Second() const { return Advance(operand, OwnCount * TileBytes); }
};
