// AttentionWarpgroupOwn: the own tokens of a gradient's block, from two tensors: queries and upstream gradients, or
// keys and values. TMA copies them into shared memory too, where they stay for a work tile.
// Source   Shah et al. 2024, FlashAttention-3, algorithm 3
#pragma once
#include "Attention/AttentionWarpgroupTile.cuh"

constexpr int OwnCount = Rows / TileTokens;  // tiles of own tokens from one tensor
constexpr int OwnBytes = 2 * OwnCount * TileBytes;

static_assert(Rows % TileTokens == 0, "own tokens fill tiles as large as those of the rings");

// The full and the empty barrier.
struct OwnBarriers { TransactionBarrier full, empty; };

// The block's own tokens in shared memory: the tiles of the first tensor, then those of the second.
struct OwnTiles {
    const TensorMap &first, &second;
    BarrierAddress full, empty;
    char* tiles;
    UInt64 operand;  // descriptor of the warpgroup's tokens of the first tensor

    MEMBER OwnTiles(
        const TensorMap& firstTokens, const TensorMap& secondTokens, OwnBarriers& barriers, char* start)
        : first(firstTokens), second(secondTokens), full(&barriers.full), empty(&barriers.empty),
          tiles(start)
    {
        const int token = WarpgroupNumber() * OwnTokens;
        operand = OperandAt(start + token / TileTokens * TileBytes + token % TileTokens * RowBytes);
    }

    // The methods are those of TokenRing, for work tiles in place of numbered tiles.
    MEMBER void Prepare() const
    {
        PrepareBarrier(full);
        PrepareBarrier(empty, ConsumerWarps);
    }

    MEMBER void Fill(const WorkTile& work, HeadCoordinates head) const
    {
        if (work.number > 0) WaitForPhase(empty, work.number % 2 ^ 1);
        ArriveAndExpect(full, OwnBytes);
        for (int tile = 0; tile < OwnCount; tile++) {
            const int token = work.own.first + tile * TileTokens;
            CopyTile(tiles + tile * TileBytes, first, full, token, head);
            CopyTile(tiles + (OwnCount + tile) * TileBytes, second, full, token, head);
        }
    }

    MEMBER void Await(const WorkTile& work) const { WaitForPhase(full, work.number % 2); }

    MEMBER void Release() const
    {
        WarpBarrier();  // all lanes' reads | their warp's arrival
        if (threadIdx.x % WarpSize == 0) Arrive(empty);
    }

    MEMBER UInt64 First() const { return operand; }
    MEMBER UInt64 Second() const { return Advance(operand, OwnCount * TileBytes); }
};
