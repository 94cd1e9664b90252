// AttentionWarpgroup: softmax attention of every head by warpgroups, with a running maximum and sum.
//   as AttentionTensor.cu
//
// Shapes   q, y: [N, Lq, Heads, D]; k, v: [N, Lk, Heads, D]; logSumExp: [N, Heads, Lq]
// Types    Half and BFloat16; products and sums in float
// Launch   Threads a block, exactly; one block for every Rows queries of every sequence and head; dynamic shared memory
//          of RingBytes, and 1024 more for its beginning
// Cost     4*N*Heads*Lq*Lk*D operations; reads k and v Lq/Rows times from cache; memory linear in tokens
// Limits   D a multiple of 8, up to 8 times HeadPieces, HeadPieces up to 20; Lk >= 1; see AttentionWarpgroupTile.cuh
// Source   Shah et al. 2024, FlashAttention-3, algorithm 2
#include "Common/Prelude.cuh"
#include "Attention/AttentionWarpgroupTile.cuh"

// A warp's queries, what it knows of them, and the tile that it meets.
struct QueryWork {
    static constexpr bool AddsFirst = false, AddsSecond = true;
    const AttentionPlan& plan;
    const RingPair& rings;  // of keys and values
    int firstQuery;         // of the warp
    float scale;            // of logits as powers of two
    FragmentX queries[Steps];
    LogitSums logits;
    Weights weights;
    HeadSums sums;
    RunningRows rows;

    // The queries as a left operand; q is the first of the block's, of which there are so many.
    MEMBER void Load(const Scalar* q, int count, Int64 stride)
    {
#pragma unroll
        for (int step = 0; step < Steps; step++) {
#pragma unroll
            for (int i = 0; i < 4; i++) {
                const int row = FirstRow() + RowOf(i % 2 * 2), channel = step * 16 + ColumnOf(i / 2, 0);
                const bool isInside = row < count && channel < plan.channels;
                queries[step].bits[i] = isInside ? *reinterpret_cast<const unsigned*>(q + row * stride + channel) : 0;
            }
        }
    }

    MEMBER void Begin(int number) { BeginProducts(logits, queries, rings.first.Await(number)); }

    MEMBER void Prepare(int) {}

    MEMBER void Weigh(int number)
    {
        WgmmaPin(logits.of);
        HideUnseen(logits, plan, firstQuery, number * TileTokens);
        rows.Weigh(logits, scale);
        WgmmaPin(logits.of);
    }

    MEMBER void Keep()
    {
        WgmmaPin(sums.of);
        rows.Correct(sums);
        Pack(weights, logits);
    }

    MEMBER void Add(int number) { BeginSums(sums, weights, rings.second.Await(number)); }
};

// What a multiprocessor has registers for.
constexpr int BlocksAtOnce = HeadPieces > 8 || Warpgroups > 2 || TileTokens > 64 ? 1 : 2;

KERNEL_OF(Threads, BlocksAtOnce) AttentionWarpgroup(
    const Scalar* __restrict__ q, TENSOR_MAP k, TENSOR_MAP v, Scalar* __restrict__ y, float* __restrict__ logSumExp,
    AttentionPlan plan)
{
    DYNAMIC_SHARED(char, memory);  // [Stages] tiles of k, then of v, from the first multiple of 1024 on
    __shared__ RingBarriers barriers[2];
    const TokenTile tile = TileOf(plan, plan.queries, plan.keys, Rows);
    const int firstQuery = tile.first + FirstRow();
    const int end = plan.isCausal ? Minimum(plan.keys, tile.first + Rows) : plan.keys;
    const float scale = float(plan.scale);
    const RingPair rings = RingsAt(
        memory + BytesToAtom(memory), k, v, barriers, HeadOf(plan, tile.pair), 0, (end + TileTokens - 1) / TileTokens);
    if (threadIdx.x == 0) {
        rings.Prepare();
        ProxyFence();
        rings.Begin();
    }
    __syncthreads();  // new barriers | waiting for them

    QueryWork work = {plan, rings, firstQuery, scale * LogarithmOfE};
    work.Load(q + tile.start, tile.count, tile.stride);
    MeetTiles(rings, work);
    WgmmaPin(work.sums.of);

    float factor[2];
    work.rows.Finish(logSumExp + tile.pair * plan.queries, firstQuery, plan.queries, scale, true, factor);
    StoreTokens(y + tile.start, FirstRow(), 0, tile.count, tile.stride, plan.channels, work.sums, factor);
}
