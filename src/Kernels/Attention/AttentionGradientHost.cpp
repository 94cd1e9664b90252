// AttentionGradientHost: the gradients of attention on the CPU, some keys of one head a block, one core a block. Every
// logit is recomputed once and serves all three gradients; a block sums over its own keys only, so that each of a
// head's blocks writes a partial dq.
//   as AttentionGradient.cu
//
// Shapes   as AttentionGradient.cu; dq: [segmentCount, N, Lq, Heads, D]
// Types    float and double
// Launch   segmentCount blocks for every sequence and head, each with a part of its keys
// Cost     10*N*Heads*Lq*Lk*D operations; scratch memory of 3*D+2 numbers a query
// Source   as AttentionGradient.cu
#include "Common/Prelude.cuh"
#include "Attention/HostAttention.cuh"

constexpr int KeyGroups = 2;  // of Columns keys; 1 to 4 take the same time at 1,024 tokens of 40 and 80 channels
constexpr int KeyTile = KeyGroups * Columns;

// The state of a tile of queries between two tiles of keys.
struct QueryState {
    Scalar* queries;     // [channels, Columns], scaled
    Scalar* upstream;    // [channels, Columns]: dy
    Scalar* sum;         // [channels, Columns]: dq before the scale
    Scalar* normalizer;  // [Columns]: the log of the sum of exponentials
    Scalar* mean;        // [Columns]: delta
};

// The state of a tile of keys; the gradient of every weight is KeyTile rows below it.
struct KeyState {
    Scalar* keys;        // [channels, KeyTile]
    Scalar* values;      // [channels, KeyTile]
    Scalar* weights;     // [2, KeyTile, Columns]: p and ds, a key a row
    Scalar* transposed;  // [2, KeyGroups, Columns, Columns]: the same transposed, a query a row
    Scalar* keySum;      // [KeyGroups, channels, Columns]: dk before the scale
    Scalar* valueSum;    // [KeyGroups, channels, Columns]: dv
};

DEVICE int QueryStateSize(const AttentionPlan& plan) { return (3 * plan.channels + 2) * Columns; }

DEVICE int KeyStateSize(const AttentionPlan& plan) { return 4 * plan.channels * KeyTile + 4 * KeyTile * Columns; }

DEVICE QueryState QueryStateAt(const AttentionPlan& plan, Scalar* memory, int tile)
{
    const int size = plan.channels * Columns;
    Scalar* start = memory + size_t(tile) * QueryStateSize(plan);
    return {start, start + size, start + 2 * size, start + 3 * size, start + 3 * size + Columns};
}

DEVICE KeyState KeyStateAt(const AttentionPlan& plan, Scalar* memory)
{
    const int size = plan.channels * KeyTile;
    Scalar* weights = memory + 4 * size;
    return {
        memory, memory + size, weights, weights + 2 * KeyTile * Columns, memory + 2 * size, memory + 3 * size};
}

// Turns logits into weights p, and the gradients of weights into those of logits, ds; all are [count, Columns].
DEVICE void Weigh(const QueryState& state, int count, Scalar* logits, Scalar* gradients)
{
    for (int part = 0; part < Columns; part += Lanes) {
        const Vector normalizer = Load(state.normalizer + part), mean = Load(state.mean + part);
        for (int key = 0; key < count; key++) {
            const int at = key * Columns + part;
            const Vector weight = Exponential(Load(logits + at) - normalizer);
            Store(logits + at, weight);
            Store(gradients + at, weight * (Load(gradients + at) - mean));
        }
    }
}

// Transposes [KeyTile, Columns], a key a row, to [KeyGroups, Columns, Columns], a query a row; zeros beyond the keys.
DEVICE void TransposeTile(const Scalar* from, int count, Scalar* to)
{
    for (int key = 0; key < (count + Columns - 1) / Columns * Columns; key += Lanes) {
        for (int query = 0; query < Columns; query += Lanes) {
            Vector rows[Lanes];
            for (int i = 0; i < Lanes; i++) {
                rows[i] = key + i < count ? Load(from + (key + i) * Columns + query) : Vector{};
            }
            Transpose(rows);
            Scalar* group = to + key / Columns * Columns * Columns + key % Columns;
            for (int i = 0; i < Lanes; i++) Store(group + (query + i) * Columns, rows[i]);
        }
    }
}

DEVICE void PackQueries(
    const AttentionPlan& plan, const Scalar* q, const Scalar* y, const Scalar* dy, const Scalar* logSumExp, int count,
    const QueryState& state)
{
    const Int64 stride = TokenStride(plan);
    PackTokens(q, count, stride, plan.channels, Scalar(plan.scale), state.queries, Columns);
    PackTokens(dy, count, stride, plan.channels, 1, state.upstream, Columns);
    for (int i = 0; i < plan.channels * Columns; i++) state.sum[i] = 0;
    for (int i = 0; i < Columns; i++) {
        Scalar mean = 0;
        for (int c = 0; i < count && c < plan.channels; c++) mean += y[i * stride + c] * dy[i * stride + c];
        state.mean[i] = mean;
        state.normalizer[i] = i < count ? logSumExp[i] : 0;
    }
}

KERNEL AttentionGradientHost(
    const Scalar* q, const Scalar* k, const Scalar* v, const Scalar* y, const Scalar* dy, const Scalar* logSumExp,
    Scalar* dq, Scalar* dk, Scalar* dv, AttentionPlan plan, int segmentCount)
{
    const Int64 pair = blockIdx.x / segmentCount, segment = blockIdx.x % segmentCount;
    const int queryTiles = (plan.queries + Columns - 1) / Columns, keyTiles = (plan.keys + KeyTile - 1) / KeyTile;
    const int firstKey = int(segment * keyTiles / segmentCount) * KeyTile;
    const int endKey = Minimum(plan.keys, int((segment + 1) * keyTiles / segmentCount) * KeyTile);
    const int channels = plan.channels;
    const Int64 stride = TokenStride(plan);
    const Int64 queryStart = HeadStart(plan, pair, plan.queries), keyStart = HeadStart(plan, pair, plan.keys);
    Scalar* memory = Scratch(size_t(KeyStateSize(plan)) + size_t(queryTiles) * QueryStateSize(plan));
    const KeyState tile = KeyStateAt(plan, memory);
    Scalar* states = memory + KeyStateSize(plan);
    Scalar* gradients = tile.weights + KeyTile * Columns;
    Scalar* transposedGradients = tile.transposed + KeyTile * Columns;
    Scalar ones[Columns], scales[Columns];
    for (int i = 0; i < Columns; i++) {
        ones[i] = 1;
        scales[i] = Scalar(plan.scale);
    }

    for (int index = 0; index < queryTiles; index++) {
        const int query = index * Columns;
        const Int64 from = queryStart + query * stride;
        PackQueries(
            plan, q + from, y + from, dy + from, logSumExp + pair * plan.queries + query,
            Minimum(Columns, plan.queries - query), QueryStateAt(plan, states, index));
    }
    for (int key = firstKey; key < endKey; key += KeyTile) {
        const int count = Minimum(KeyTile, endKey - key);
        const Int64 from = keyStart + key * stride;
        PackTokens(k + from, count, stride, channels, 1, tile.keys, KeyTile);
        PackTokens(v + from, count, stride, channels, 1, tile.values, KeyTile);
        for (int i = 0; i < KeyTile * channels; i++) tile.keySum[i] = tile.valueSum[i] = 0;
        for (int index = plan.isCausal ? key / Columns : 0; index < queryTiles; index++) {
            const QueryState state = QueryStateAt(plan, states, index);
            const int query = index * Columns, queryCount = Minimum(Columns, plan.queries - query);
            const int seen = plan.isCausal ? Minimum(count, query + Columns - key) : count;
            Multiply(seen, tile.keys, KeyTile, state.queries, channels, nullptr, tile.weights);
            Multiply(seen, tile.values, KeyTile, state.upstream, channels, nullptr, gradients);
            for (int row = Maximum(0, query - key + 1); plan.isCausal && row < seen; row++) {
                for (int i = 0; i < key + row - query; i++) tile.weights[row * Columns + i] = -Infinity();
            }
            Weigh(state, seen, tile.weights, gradients);
            Multiply(channels, k + from, stride, gradients, seen, ones, state.sum);
            TransposeTile(tile.weights, seen, tile.transposed);
            TransposeTile(gradients, seen, transposedGradients);
            const Int64 queries = queryStart + query * stride;
            for (int first = 0; first < seen; first += Columns) {
                const Scalar* weights = tile.transposed + first * Columns;
                const Scalar* logitGradients = transposedGradients + first * Columns;
                Scalar* valueSum = tile.valueSum + first * channels;
                Scalar* keySum = tile.keySum + first * channels;
                Multiply(channels, dy + queries, stride, weights, queryCount, ones, valueSum);
                Multiply(channels, q + queries, stride, logitGradients, queryCount, ones, keySum);
            }
        }
        for (int first = 0; first < count; first += Columns) {
            const int width = Minimum(Columns, count - first);
            const Int64 to = from + first * stride;
            UnpackTokens(tile.keySum + first * channels, width, stride, channels, scales, dk + to);
            UnpackTokens(tile.valueSum + first * channels, width, stride, channels, ones, dv + to);
        }
    }
    Scalar* part = dq + segment * plan.clips * plan.queries * stride + queryStart;
    for (int index = 0; index < queryTiles; index++) {
        const int query = index * Columns;
        const QueryState state = QueryStateAt(plan, states, index);
        UnpackTokens(
            state.sum, Minimum(Columns, plan.queries - query), stride, channels, scales, part + query * stride);
    }
}
