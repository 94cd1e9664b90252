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
