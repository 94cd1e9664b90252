// AttentionTensorTile: the two products of attention on tensor cores, for a block of Warps warps. A warp has 16 tokens
// of its own (rows), and meets tiles of Others tokens (columns) that the block brings into shared memory.
//
// The block's variant: HeadPieces, the pieces of 8 channels that a head has at most; those beyond its own are zeros.
//
// Shared   a token is a row of 2 * Steps chunks of 16 bytes and one more that nobody reads: the number is odd, so that
//          the same chunk of 8 rows, which a load of matrices takes at once, lies in different banks
// Registers  every loop over fragments is unrolled, or their arrays would lie in memory
// Order    of the additions: along the channels, or the tokens, from the first to the last
// Source   Dao 2023, FlashAttention-2, section 3.3: queries divided among the warps; the weights stay in registers
#pragma once
#include "Attention/AttentionPlan.cuh"
#include "Common/Mma.cuh"
#include "Common/Warp.cuh"

constexpr int Warps = 4;
constexpr int Threads = Warps * 32;
constexpr int Rows = Warps * 16;
constexpr int Others = HeadPieces > 10 ? 32 : 64;
constexpr int Steps = (HeadPieces + 1) / 2;  // of 16 channels
constexpr int RowBytes = (2 * Steps + 1) * 16;
constexpr int OwnBytes = Rows * RowBytes;
constexpr int OtherBytes = Others * RowBytes;
constexpr int ChunkLength = 8;

// Products of the own tokens with the others, and sums of a head's channels.
struct LogitSums { FragmentSum of[Others / 8]; };
struct HeadSums { FragmentSum of[HeadPieces]; };

// Begins to bring so many tokens, of as many as there is room for, and zeros for the rest.
DEVICE void BringTokens(char* target, int room, const Scalar* from, int count, Int64 stride, int channels)
{
    constexpr int Chunks = 2 * Steps;
    for (int i = threadIdx.x; i < room * Chunks; i += Threads) {
        const int row = i / Chunks, chunk = i % Chunks;
        const bool isInside = row < count && chunk * ChunkLength < channels;
        const Scalar* source = isInside ? from + row * stride + chunk * ChunkLength : from;
        CopyAsync(target + row * RowBytes + chunk * 16, source, isInside ? 16 : 0);
    }
}

// products[row,column] = sum over channels of own[row] others[column].
DEVICE void MultiplyTokens(const char* own, const char* others, LogitSums& products)
{
    const int lane = threadIdx.x % WarpSize, matrix = lane / 8;
    const char* left = own + (matrix % 2 * 8 + lane % 8) * RowBytes + matrix / 2 * 16;
    const char* right = others + (matrix / 2 * 8 + lane % 8) * RowBytes + matrix % 2 * 16;
    products = {};
#pragma unroll
    for (int step = 0; step < Steps; step++) {
        FragmentX x;
        LoadMatrices(x.bits, left + step * 32);
#pragma unroll
        for (int column = 0; column < Others / 8; column += 2) {
            unsigned bits[4];
            LoadMatrices(bits, right + column * 8 * RowBytes + step * 32);
            Mma<Scalar>::Multiply(products.of[column], x, {bits[0], bits[1]});
            Mma<Scalar>::Multiply(products.of[column + 1], x, {bits[2], bits[3]});
        }
    }
}

// sums[row,channel] += sum over columns of weights[row,column], rounded, times others[column,channel].
DEVICE void AddWeighted(const LogitSums& weights, const char* others, HeadSums& sums)
{
    const int lane = threadIdx.x % WarpSize, matrix = lane / 8;
    const char* right = others + (matrix % 2 * 8 + lane % 8) * RowBytes + matrix / 2 * 16;
#pragma unroll
    for (int column = 0; column < Others / 8; column += 2) {
        // What a lane has of the sums of two neighbouring tiles is what it needs of a row of 16.
        const FragmentSum &first = weights.of[column], &second = weights.of[column + 1];
        const FragmentX x = {{
            Pack<Scalar>(first.values[0], first.values[1]), Pack<Scalar>(first.values[2], first.values[3]),
            Pack<Scalar>(second.values[0], second.values[1]), Pack<Scalar>(second.values[2], second.values[3])}};
#pragma unroll
        for (int piece = 0; piece < HeadPieces; piece += 2) {
            unsigned bits[4];
            LoadMatricesTransposed(bits, right + column * 8 * RowBytes + piece * 16);
            Mma<Scalar>::Multiply(sums.of[piece], x, {bits[0], bits[1]});
            if (piece + 1 < HeadPieces) Mma<Scalar>::Multiply(sums.of[piece + 1], x, {bits[2], bits[3]});
        }
    }
}

// The column of a warp's tile, or the row, that a lane's value of a fragment belongs to.
DEVICE int ColumnOf(int fragment, int value) { return fragment * 8 + int(threadIdx.x) % 4 * 2 + value % 2; }
DEVICE int RowOf(int value) { return int(threadIdx.x) % WarpSize / 4 + value / 2 * 8; }

// The first tokens of the warp, so many, each half of the rows multiplied by a number of its own.
DEVICE void StoreTokens(
    Scalar* to, int count, Int64 stride, int channels, const HeadSums& sums, const float (&factor)[2])
{
#pragma unroll
    for (int piece = 0; piece < HeadPieces; piece++) {
#pragma unroll
        for (int half = 0; half < 2; half++) {
            const int row = RowOf(2 * half), channel = ColumnOf(piece, 0);
            const float* values = sums.of[piece].values + 2 * half;
            if (row < count && channel < channels) {
                *reinterpret_cast<unsigned*>(to + row * stride + channel) =
                    Pack<Scalar>(values[0] * factor[half], values[1] * factor[half]);
            }
        }
    }
}

// Over the four lanes that share a row.
DEVICE float RowSum(float value)
{
    value += ShuffleXor(value, 1);
    return value + ShuffleXor(value, 2);
}

DEVICE float RowMaximum(float value)
{
    value = Maximum(value, ShuffleXor(value, 1));
    return Maximum(value, ShuffleXor(value, 2));
}
