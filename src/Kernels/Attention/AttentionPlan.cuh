// AttentionPlan: the sizes of an attention, and where the rows of a head lie; AttentionPlan in C# has the same layout.
#pragma once

struct AttentionPlan {
    int clips, queries, keys, heads, channels;
    int isCausal;
    double scale;
};

// From one token of a head to the next.
DEVICE Int64 TokenStride(const AttentionPlan& plan) { return Int64(plan.heads) * plan.channels; }

// Where token 0 of a pair (sequence and head) lies in a sequence of so many tokens.
DEVICE Int64 HeadStart(const AttentionPlan& plan, Int64 pair, int tokens)
{
    return (pair / plan.heads * tokens * plan.heads + pair % plan.heads) * plan.channels;
}

// What a block has at a time: a tile of the tokens whose result it computes, and all the others that they meet.
struct TokenTile {
    Int64 pair;               // sequence and head
    int first, count;         // of the own tokens
    Int64 stride;             // from token to token
    Int64 start, otherStart;  // where the first own token lies, and the first of the others
};

// Tiles of so many tokens are counted through a pair, and then through the next one.
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

// What the gradients need to know of a query: what its logits must be lessened by to become weights, powers of two, and
// its slopes by.
struct alignas(8) QueryNumbers { float normalizer, mean; };

// A head has those of its queries, and zeros up to the next multiple of this.
constexpr int NumberRound = 64;

DEVICE int NumberCount(const AttentionPlan& plan)
{
    return (plan.queries + NumberRound - 1) / NumberRound * NumberRound;
}

// Those of a pair.
DEVICE const QueryNumbers* NumbersOf(const QueryNumbers* numbers, const AttentionPlan& plan, Int64 pair)
{
    return numbers + pair * NumberCount(plan);
}
