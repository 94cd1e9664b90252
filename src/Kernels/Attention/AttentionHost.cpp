// AttentionHost: softmax attention on the CPU, some queries of one head a block, one core a block. All queries of the
// block use a tile of keys before the next tile, so that it stays in the core's cache.
//   as Attention.cu
//
// Shapes   as Attention.cu
// Types    float and double
// Launch   segmentCount blocks for every sequence and head, each with a part of its queries
// Cost     4*N*Heads*Lq*Lk*D operations; scratch memory of 2*D+2 numbers a query
// Source   as Attention.cu
#include "Common/Prelude.cuh"
#include "Attention/HostAttention.cuh"

constexpr int KeyTile = 96;  // eight strips of rows; 48 to 192 take the same time at 1,024 tokens of 40 and 80 channels

// The state of a tile of queries between two tiles of keys.
struct QueryState {
    Scalar* queries;  // [channels, Columns], scaled
    Scalar* sum;      // [channels, Columns]
    Scalar* largest;  // [Columns]
    Scalar* total;    // [Columns]
};

DEVICE int StateSize(const AttentionPlan& plan) { return (2 * plan.channels + 2) * Columns; }

DEVICE QueryState StateAt(const AttentionPlan& plan, Scalar* memory, int tile)
{
    QueryState state;
    state.queries = memory + size_t(tile) * StateSize(plan);
    state.sum = state.queries + plan.channels * Columns;
    state.largest = state.sum + plan.channels * Columns;
    state.total = state.largest + Columns;
    return state;
}

// Online softmax: replaces the logits [count, Columns] of a tile of keys by their weights, and returns in `correction`
// what earlier sums must be multiplied by.
DEVICE void Weigh(const QueryState& state, int count, Scalar* logits, Scalar* correction)
{
    for (int part = 0; part < Columns; part += Lanes) {
        const Vector before = Load(state.largest + part);
        Vector largest = before;
        for (int key = 0; key < count; key++) largest = LaneMaximum(Load(logits + key * Columns + part), largest);
        Vector total = Vector{};
        for (int key = 0; key < count; key++) {
            const Vector weight = Exponential(Load(logits + key * Columns + part) - largest);
            Store(logits + key * Columns + part, weight);
            total += weight;
        }
        const Vector change = Exponential(before - largest);
        Store(correction + part, change);
        Store(state.largest + part, largest);
        Store(state.total + part, Load(state.total + part) * change + total);
    }
}

KERNEL AttentionHost(
    const Scalar* q, const Scalar* k, const Scalar* v, Scalar* y, Scalar* logSumExp, AttentionPlan plan,
    int segmentCount)
{
    const Int64 pair = blockIdx.x / segmentCount, segment = blockIdx.x % segmentCount;
    const int tileCount = (plan.queries + Columns - 1) / Columns;
    const int firstTile = int(segment * tileCount / segmentCount);
    const int endTile = int((segment + 1) * tileCount / segmentCount);
    const int channels = plan.channels;
    const Int64 stride = TokenStride(plan);
    const Scalar* queries = q + HeadStart(plan, pair, plan.queries);
    Scalar* results = y + HeadStart(plan, pair, plan.queries);
    const Int64 keyStart = HeadStart(plan, pair, plan.keys);
    Scalar* keys = Scratch(
        size_t(channels) * KeyTile + KeyTile * Columns + size_t(endTile - firstTile) * StateSize(plan));
    Scalar* logits = keys + channels * KeyTile;
    Scalar* states = logits + KeyTile * Columns;
    Scalar correction[Columns];

    for (int tile = firstTile; tile < endTile; tile++) {
        const QueryState state = StateAt(plan, states, tile - firstTile);
        const int count = Minimum(Columns, plan.queries - tile * Columns);
        PackTokens(
            queries + tile * Columns * stride, count, stride, channels, Scalar(plan.scale), state.queries, Columns);
        for (int i = 0; i < channels * Columns; i++) state.sum[i] = 0;
        for (int i = 0; i < Columns; i++) {
            state.largest[i] = -Infinity();
            state.total[i] = 0;
        }
    }
    const int end = plan.isCausal ? Minimum(plan.keys, endTile * Columns) : plan.keys;
    for (int key = 0; key < end; key += KeyTile) {
        const int count = Minimum(KeyTile, plan.keys - key);
        PackTokens(k + keyStart + key * stride, count, stride, channels, 1, keys, KeyTile);
        const int firstSeeing = plan.isCausal ? key / Columns : 0;
        for (int tile = Maximum(firstTile, firstSeeing); tile < endTile; tile++) {
            const QueryState state = StateAt(plan, states, tile - firstTile);
            const int query = tile * Columns;
            const int seen = plan.isCausal ? Minimum(count, query + Columns - key) : count;
            Multiply(seen, keys, KeyTile, state.queries, channels, nullptr, logits);
            for (int row = Maximum(0, query - key + 1); plan.isCausal && row < seen; row++) {
                for (int i = 0; i < key + row - query; i++) logits[row * Columns + i] = -Infinity();
            }
            Weigh(state, seen, logits, correction);
            Multiply(channels, v + keyStart + key * stride, stride, logits, seen, correction, state.sum);
        }
    }
    for (int tile = firstTile; tile < endTile; tile++) {
        const QueryState state = StateAt(plan, states, tile - firstTile);
        const int count = Minimum(Columns, plan.queries - tile * Columns);
        for (int i = 0; i < count; i++) {
            logSumExp[pair * plan.queries + tile * Columns + i] = state.largest[i] + Log(state.total[i]);
        }
        // A total of 0: there are no keys, and the mean is zero.
        for (int i = 0; i < Columns; i++) state.total[i] = state.total[i] == 0 ? 0 : 1 / state.total[i];
        UnpackTokens(state.sum, count, stride, channels, state.total, results + tile * Columns * stride);
    }
}
