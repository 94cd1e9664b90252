// AttentionTile: the two matrix products of attention for a block of 256 threads, Across x Across of them over a tile
// of Tile x Tile logits. A thread computes ThreadTile x ThreadTile logits, and every Across-th channel of ThreadTile
// rows of a result. A row is held by Across neighbouring threads of one warp.
#pragma once
#include "Attention/AttentionPlan.cuh"
#include "Common/Warp.cuh"

constexpr int Across = 16;
constexpr int Threads = Across * Across;
constexpr int ThreadTile = sizeof(Accumulator) == 8 || ColumnsPerThread > 10 ? 2 : 4;
constexpr int Tile = Across * ThreadTile;
constexpr int Depth = 16;  // channels (K) of the slices in shared memory

// [channel][row]; padded by one, so that the threads that write one column of a slice hit different banks.
using AttentionSlice = Accumulator[Depth][Tile + 1];

// [row][column], the left operand of AddWeighted; a row is written and read by the same warp.
using AttentionWeights = Accumulator[Tile][Tile + 1];

DEVICE int RowOfThread() { return int(threadIdx.x) / Across * ThreadTile; }
DEVICE int ColumnOfThread() { return int(threadIdx.x) % Across; }

DEVICE void LoadSlice(const Scalar* from, int rows, Int64 stride, int channel, int channels, AttentionSlice& slice)
{
    for (int i = threadIdx.x; i < Tile * Depth; i += Threads) {
        const int row = i / Depth, at = i % Depth;
        const bool isInside = row < rows && channel + at < channels;
        slice[at][row] = isInside ? Accumulator(from[row * stride + channel + at]) : Accumulator(0);
    }
}

// product[i][j] = sum over channels of left[row i of the thread][c] right[column j][c]; zero beyond the rows given.
DEVICE void MultiplyTokens(
    const Scalar* left, int leftRows, const Scalar* right, int rightRows, Int64 stride, int channels,
    AttentionSlice& leftSlice, AttentionSlice& rightSlice, Accumulator (&product)[ThreadTile][ThreadTile])
{
    const int row = RowOfThread(), column = ColumnOfThread();
    for (int i = 0; i < ThreadTile; i++) {
        for (int j = 0; j < ThreadTile; j++) product[i][j] = 0;
    }
    for (int channel = 0; channel < channels; channel += Depth) {
        __syncthreads();  // reads of the last slices | writes of these
        LoadSlice(left, leftRows, stride, channel, channels, leftSlice);
        LoadSlice(right, rightRows, stride, channel, channels, rightSlice);
        __syncthreads();  // writes of the slices | reads of them
        for (int c = 0; c < Depth; c++) {
            for (int i = 0; i < ThreadTile; i++) {
                for (int j = 0; j < ThreadTile; j++) {
                    product[i][j] += leftSlice[c][row + i] * rightSlice[c][column + j * Across];
                }
            }
        }
    }
}

// sum[i][j] += sum over tokens of weights[row i of the thread][t] tokens[t][channel j of the thread]. Its two barriers
// separate these reads of the weights from the warp's writes before and after the call.
DEVICE void AddWeighted(
    const AttentionWeights& weights, const Scalar* tokens, int count, Int64 stride, int channels,
    Accumulator (&sum)[ThreadTile][ColumnsPerThread])
{
    const int row = RowOfThread(), column = ColumnOfThread();
    WarpBarrier();  // writes of the warp's weights | reads of them
    for (int token = 0; token < count; token++) {
        for (int j = 0; j < ColumnsPerThread; j++) {
            const int channel = column + j * Across;
            if (channel >= channels) break;
            const Accumulator value = tokens[token * stride + channel];
            for (int i = 0; i < ThreadTile; i++) sum[i][j] += weights[row + i][token] * value;
        }
    }
    WarpBarrier();  // reads of the warp's weights | the next writes
}

// Stores the rows of a result, each multiplied by its factor.
DEVICE void StoreTokens(
    Scalar* to, int rows, Int64 stride, int channels, const Accumulator (&sum)[ThreadTile][ColumnsPerThread],
    const Accumulator (&factor)[ThreadTile])
{
    for (int i = 0; i < ThreadTile; i++) {
        const int row = RowOfThread() + i;
        for (int j = 0; j < ColumnsPerThread; j++) {
            const int channel = ColumnOfThread() + j * Across;
            if (row < rows && channel < channels) to[row * stride + channel] = Scalar(sum[i][j] * factor[i]);
        }
    }
}

// Reductions over the Across neighbouring threads that share a row.
template <typename T> DEVICE T RowSum(T value)
{
    for (int mask = Across / 2; mask > 0; mask /= 2) value += ShuffleXor(value, mask);
    return value;
}

template <typename T> DEVICE T RowMaximum(T value)
{
    for (int mask = Across / 2; mask > 0; mask /= 2) value = Maximum(value, ShuffleXor(value, mask));
    return value;
}
