// AttentionPlan: the sizes of an attention, and how a head's tokens lie; AttentionPlan in C# has the same layout.
#pragma once

struct AttentionPlan {
    int clips, queries, keys, heads, channels;
    int isCausal;
    double scale;
};

// From one token of a head to the next.
DEVICE Int64 TokenStride(const AttentionPlan& plan) { return Int64(plan.heads) * plan.channels; }

// The offset of token 0 of a pair (sequence and head), where a sequence has `tokens` tokens.
DEVICE Int64 HeadStart(const AttentionPlan& plan, Int64 pair, int tokens)
{
    return (pair / plan.heads * tokens * plan.heads + pair % plan.heads) * plan.channels;
}

// The work of a block: a tile of its own tokens, whose results it computes (queries, or keys and values), and all other
// tokens of the same pair, which they are multiplied with (keys and values, or queries).
struct TokenTile {
    Int64 pair;               // sequence and head
    int first, count;         // own tokens of the pair
    Int64 stride;             // from token to token
    Int64 start, otherStart;  // offsets of the first own token, and of the first other one
};

// Tile `number`, of `length` own tokens; tiles are numbered through one pair, then through the next.
DEVICE TokenTile TileOf(const AttentionPlan& plan, unsigned number, int ownTokens, int otherTokens, int length)
{
    const int tileCount = (ownTokens + length - 1) / length;
    TokenTile tile;
    tile.pair = number / tileCount;
    tile.first = int(number % tileCount) * length;
    tile.count = Minimum(length, ownTokens - tile.first);
    tile.stride = TokenStride(plan);
    tile.start = HeadStart(plan, tile.pair, ownTokens) + tile.first * tile.stride;
    tile.otherStart = HeadStart(plan, tile.pair, otherTokens);
    return tile;
}

// What the backward pass needs of a query: normalizer, its log-sum-exp in base 2, is subtracted from its logits to make
// them the logarithms of weights; delta, from the gradients of the weights.
struct alignas(8) QueryStatistics { float normalizer, delta; };

// The statistics of a head's queries are zero-padded to a multiple of this.
constexpr int QueryPadding = 64;

DEVICE int PaddedQueryCount(const AttentionPlan& plan)
{
    return (plan.queries + QueryPadding - 1) / QueryPadding * QueryPadding;
}

// Those of a pair.
DEVICE const QueryStatistics* StatisticsOf(const QueryStatistics* statistics, const AttentionPlan& plan, Int64 pair)
{
    return statistics + pair * PaddedQueryCount(plan);
}
