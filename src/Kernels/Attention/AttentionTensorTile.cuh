// AttentionTensorTile: the two matrix products of attention by mma.sync, for a block of Warps warps. Each warp has 16
// own tokens (rows), and multiplies them with tiles of Others tokens (columns) that the block copies into shared
// memory. Where a head has more channels than a thread has registers for, all warps have the same 16 tokens, and the
// channels are split between them.
//
// The block's variant: HeadPieces, the pieces of 8 channels that a head has at most; missing ones are zero-padded.
//
// Shared   a token is a row of 2 * Steps chunks of 16 bytes and one of padding: an odd number, so that the same chunk
//          of 8 rows, which ldmatrix reads at once, lies in different banks
// Order    of the additions: along the channels, or the tokens, from the first to the last
// Source   Dao 2023, FlashAttention-2, section 3.3: queries split between the warps; the weights stay in registers
#pragma once
#include "Attention/AttentionFragments.cuh"

constexpr int Warps = 4;
constexpr int Threads = Warps * 32;
constexpr int Shares = HeadPieces > 20 ? Warps : 1;  // warps that the channels are split between
constexpr int Rows = Warps / Shares * 16;
constexpr int Others = HeadPieces > 20 ? 16 : HeadPieces > 10 ? 32 : 64;
constexpr int Steps = (HeadPieces + 1) / 2;  // K steps of 16 channels
constexpr int WarpSteps = Steps / Shares;
constexpr int WarpPieces = HeadPieces / Shares;
constexpr int RowBytes = (2 * Steps + 1) * 16;
constexpr int OwnBytes = Rows * RowBytes;
constexpr int OtherBytes = Others * RowBytes;
constexpr int ChunkLength = 8;
constexpr int WarpLogits = Others / 2 * 32;  // of all lanes of a warp

// Logits of the own tokens with a tile of others, and output sums of the warp's channels.
using LogitSums = FragmentRow<Others / 8>;
using HeadSums = FragmentRow<WarpPieces>;

// The warp's first row in the block's tile, and its first channel.
DEVICE int FirstRow() { return int(threadIdx.x) / WarpSize / Shares * 16; }
DEVICE int FirstChannel() { return int(threadIdx.x) / WarpSize % Shares * WarpPieces * ChunkLength; }

// Their byte offset in a tile in shared memory.
DEVICE int FirstByte() { return FirstRow() * RowBytes + FirstChannel() * 2; }

// Starts to copy `count` tokens to a tile of `room` tokens, zero-filling the rest.
DEVICE void CopyTokens(char* target, int room, const Scalar* from, int count, Int64 stride, int channels)
{
    constexpr int Chunks = 2 * Steps;
    for (int i = threadIdx.x; i < room * Chunks; i += Threads) {
        const int row = i / Chunks, chunk = i % Chunks;
        const bool isInside = row < count && chunk * ChunkLength < channels;
        const Scalar* source = isInside ? from + row * stride + chunk * ChunkLength : from;
        CopyAsync(target + row * RowBytes + chunk * 16, source, isInside);
    }
}

// products[row,column] = sum over the warp's channels of own[row] others[column]; both tiles are in shared memory.
DEVICE void MultiplyTokens(const char* own, const char* others, LogitSums& products)
{
    const int lane = threadIdx.x % WarpSize, matrix = lane / 8;
    const char* left = own + FirstByte() + (matrix % 2 * 8 + lane % 8) * RowBytes + matrix / 2 * 16;
    const char* right = others + FirstChannel() * 2 + (matrix / 2 * 8 + lane % 8) * RowBytes + matrix % 2 * 16;
    products = {};
#pragma unroll
    for (int step = 0; step < WarpSteps; step++) {
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

// Sums the logits over the shares of the channels, from the first to the last, so that every warp has the totals. The
// caller's barrier separates the reads here from the writes of the next call; area has WarpLogits floats for each warp.
DEVICE void ReduceShares(LogitSums& products, float* area)
{
    if constexpr (Shares > 1) {
        const int lane = threadIdx.x % WarpSize, warp = threadIdx.x / WarpSize;
#pragma unroll
        for (int index = 0; index < Others / 2; index++) {
            area[warp * WarpLogits + index * 32 + lane] = products.of[index / 4].values[index % 4];
        }
        __syncthreads();  // writes of all partial logits | reads of them
#pragma unroll
        for (int index = 0; index < Others / 2; index++) {
            float sum = 0;
            for (int share = 0; share < Shares; share++) {
                sum += area[(warp / Shares * Shares + share) * WarpLogits + index * 32 + lane];
            }
            products.of[index / 4].values[index % 4] = sum;
        }
    }
}

// sums[row,channel] += sum over columns of weights[row,column], rounded, times others[column,channel].
DEVICE void AddWeighted(const LogitSums& weights, const char* others, HeadSums& sums)
{
    const int lane = threadIdx.x % WarpSize, matrix = lane / 8;
    const char* right = others + FirstChannel() * 2 + (matrix % 2 * 8 + lane % 8) * RowBytes + matrix / 2 * 16;
#pragma unroll
    for (int column = 0; column < Others / 8; column += 2) {
        const FragmentX x = PackWeights(weights.of[column], weights.of[column + 1]);
#pragma unroll
        for (int piece = 0; piece < WarpPieces; piece += 2) {
            unsigned bits[4];
            LoadMatricesTransposed(bits, right + column * 8 * RowBytes + piece * 16);
            Mma<Scalar>::Multiply(sums.of[piece], x, {bits[0], bits[1]});
            if (piece + 1 < WarpPieces) Mma<Scalar>::Multiply(sums.of[piece + 1], x, {bits[2], bits[3]});
        }
    }
}

// Stores the warp's part of the tile at `to`, which has `count` tokens; see AttentionFragments.cuh.
DEVICE void StoreTokens(
    Scalar* to, int count, Int64 stride, int channels, const HeadSums& sums, const float (&factor)[2])
{
    StoreTokens(to, FirstRow(), FirstChannel(), count, stride, channels, sums, factor);
}
