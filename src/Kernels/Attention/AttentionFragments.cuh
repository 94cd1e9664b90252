// AttentionFragments: a warp's registers of an attention on tensor cores: logits and output sums of its 16 own tokens
// (rows), in fragments of 8 columns with the layout of Mma.cuh. The columns of logits are the other tokens, those of
// sums the channels of a head.
//
// Registers  every loop over fragments is unrolled, or their arrays would be in local memory
// Powers   exponentials are powers of two, with log2(e) folded into the scale
// Source   Dao 2023, FlashAttention-2, section 3.1
#pragma once
#include "Attention/AttentionPlan.cuh"
#include "Common/Mma.cuh"
#include "Common/Warp.cuh"

// 16 rows of 8 * Count columns; WeightRow holds them rounded, as the left operand of a product.
template <int Count> struct FragmentRow { FragmentSum of[Count]; };
template <int Count> struct WeightRow { FragmentX of[Count / 2]; };

// The column and the row of a lane's value in a fragment.
DEVICE int ColumnOf(int fragment, int value) { return fragment * 8 + int(threadIdx.x) % 4 * 2 + value % 2; }
DEVICE int RowOf(int value) { return int(threadIdx.x) % WarpSize / 4 + value / 2 * 8; }

// Loads the statistics of a thread's two rows; `query` is the warp's first.
DEVICE void LoadStatistics(QueryStatistics (&statistics)[2], const QueryStatistics* ofHead, int query)
{
    for (int half = 0; half < 2; half++) statistics[half] = ofHead[query + RowOf(2 * half)];
}

// Calls body(fragment, i) for every value that a thread has.
template <int Count, typename Body> DEVICE void ForEachValue(const FragmentRow<Count>&, Body body)
{
#pragma unroll
    for (int fragment = 0; fragment < Count; fragment++) {
#pragma unroll
        for (int i = 0; i < 4; i++) body(fragment, i);
    }
}

// Reductions over the four lanes that share a row.
DEVICE float RowSum(float value)
{
    value += ShuffleXor(value, 1);
    return value + ShuffleXor(value, 2);
}

DEVICE float RowMaximum(float value)
{
    value = MaximumNumber(value, ShuffleXor(value, 1));
    return MaximumNumber(value, ShuffleXor(value, 2));
}

// Sets to -infinity the logits of queries (rows, from `query` on) with keys (columns, from `key` on) that they do not
// attend to: keys beyond the last, and later ones where the attention is causal. Most tiles have none: the whole tile
// is tested first.
template <int Count> DEVICE void MaskLogits(FragmentRow<Count>& logits, const AttentionPlan& plan, int query, int key)
{
    const int end = key + 8 * Count;
    if (end <= plan.keys && !(plan.isCausal && end - 1 > query)) return;
    ForEachValue(logits, [&](int column, int i) {
        const int at = key + ColumnOf(column, i);
        const bool isSeen = at < plan.keys && !(plan.isCausal && at > query + RowOf(i));
        if (!isSeen) logits.of[column].values[i] = -Infinity();
    });
}

// Likewise for transposed logits: keys are the rows, queries the columns.
template <int Count>
DEVICE void MaskTransposedLogits(FragmentRow<Count>& logits, const AttentionPlan& plan, int key, int query)
{
    if (query + 8 * Count <= plan.queries && !(plan.isCausal && key + 15 > query)) return;
    ForEachValue(logits, [&](int column, int i) {
        const int at = query + ColumnOf(column, i);
        const bool sees = at < plan.queries && !(plan.isCausal && key + RowOf(i) > at);
        if (!sees) logits.of[column].values[i] = -Infinity();
    });
}

// Online softmax: the running maximum and sum of a thread's two rows. A sum covers the thread's own columns only, until
// Finalize. The maximum may lag behind, so that earlier sums need not be rescaled at every tile: weights may then
// exceed 1, but not 2^Slack.
// Source   Zadouri et al. 2026, FlashAttention-4 (the lag)
struct OnlineSoftmax {
    static constexpr float Slack = 8;
    float largest[2] = {-Infinity(), -Infinity()};
    float total[2] = {0, 0};
    float correction[2] = {0, 0};  // that earlier sums are multiplied by, for the new maximum

    // Turns raw products into weights. Each row's maximum is found in two independent chains, which hide latency.
    template <int Count> MEMBER void Weigh(FragmentRow<Count>& logits, float scale)
    {
        float next[2][2] = {{largest[0], largest[0]}, {largest[1], largest[1]}};  // [row, chain]
#pragma unroll
        for (int column = 0; column < Count; column++) {
#pragma unroll
            for (int half = 0; half < 2; half++) {
                const float* values = logits.of[column].values + 2 * half;
                float& chain = next[half][column % 2];
                chain = MaximumNumber(chain, MaximumNumber(values[0], values[1]));
            }
        }
        float offset[2], ownTotal[2] = {0, 0};
#pragma unroll
        for (int half = 0; half < 2; half++) {
            const float now = RowMaximum(MaximumNumber(next[half][0], next[half][1]));
            const float growth = (now - largest[half]) * scale;
            if (!(growth <= Slack)) largest[half] = now;
            correction[half] = growth <= Slack ? 1 : PowerOfTwo(-growth);
            offset[half] = largest[half] * scale;
        }
#pragma unroll
        for (int column = 0; column < Count; column++) {
#pragma unroll
            for (int half = 0; half < 2; half++) {
                float* values = logits.of[column].values + 2 * half;
                values[0] = PowerOfTwo(values[0] * scale - offset[half]);
                values[1] = PowerOfTwo(values[1] * scale - offset[half]);
                ownTotal[half] += values[0] + values[1];
            }
        }
#pragma unroll
        for (int half = 0; half < 2; half++) total[half] = total[half] * correction[half] + ownTotal[half];
    }

    template <int Count> MEMBER void Rescale(FragmentRow<Count>& sums) const
    {
        if (correction[0] == 1 && correction[1] == 1) return;
        ForEachValue(sums, [&](int piece, int i) { sums.of[piece].values[i] *= correction[i / 2]; });
    }

    // After the last tile: stores the log-sum-exp of the warp's rows, from `row` on and below `rows`, if isMine, and
    // returns the factors that normalise the weighted sums.
    MEMBER void Finalize(float* logSumExp, int row, int rows, float scale, bool isMine, float (&factor)[2]) const
    {
#pragma unroll
        for (int half = 0; half < 2; half++) {
            const float sum = RowSum(total[half]);
            const int at = row + RowOf(2 * half);
            if (isMine && threadIdx.x % 4 == 0 && at < rows) logSumExp[at] = largest[half] * scale + Log(sum);
            factor[half] = Reciprocal(sum);
        }
    }
};

// Turns raw logits into weights p, and the gradients dp of the weights, products of values and upstream gradients, into
// those of the logits, p (dp - delta); statisticsOf(fragment, i) are those of the query that a value belongs to.
template <int Count, typename StatisticsOf> DEVICE void LogitGradients(
    FragmentRow<Count>& logits, FragmentRow<Count>& gradients, float scale, StatisticsOf statisticsOf)
{
    ForEachValue(logits, [&](int column, int i) {
        const QueryStatistics statistics = statisticsOf(column, i);
        const float weight = PowerOfTwo(logits.of[column].values[i] * scale - statistics.normalizer);
        logits.of[column].values[i] = weight;
        gradients.of[column].values[i] = weight * (gradients.of[column].values[i] - statistics.delta);
    });
}

// Rounds two neighbouring accumulator fragments to one left operand of 16 columns: a lane already holds the values that
// it needs, so that there are no shuffles.
DEVICE FragmentX PackWeights(const FragmentSum& first, const FragmentSum& second)
{
    return {{PackTwo<Scalar>(first.values[0], first.values[1]), PackTwo<Scalar>(first.values[2], first.values[3]),
             PackTwo<Scalar>(second.values[0], second.values[1]), PackTwo<Scalar>(second.values[2], second.values[3])}};
}

// Stores a warp's sums to the tile at `to`, from (row, channel) on, bounded by `count` rows and `channels` channels. A
// lane's two rows are multiplied by a factor each.
template <int Count> DEVICE void StoreTokens(
    Scalar* to, int row, int channel, int count, Int64 stride, int channels, const FragmentRow<Count>& sums,
    const float (&factor)[2])
{
#pragma unroll
    for (int piece = 0; piece < Count; piece++) {
#pragma unroll
        for (int half = 0; half < 2; half++) {
            const int r = row + RowOf(2 * half), c = channel + ColumnOf(piece, 0);
            const float* values = sums.of[piece].values + 2 * half;
            if (r < count && c < channels) {
                *reinterpret_cast<unsigned*>(to + r * stride + c) =
                    PackTwo<Scalar>(values[0] * factor[half], values[1] * factor[half]);
            }
        }
    }
}
