// Block: sums and maxima over the threads of a block of any size up to 1024. Every thread must take part, and every
// thread gets the result; on the host device a block is one thread, and they return their argument. They may be
// called several times in a row.
//   order    within each warp, then over the warps from the first to the last: the same input gives the same bits
//   shared   32 numbers for each type and operation in use: lane 0 of each warp writes its own, and all threads read
//            the same one at a time, a broadcast without bank conflicts
#pragma once
#include "Common/Warp.cuh"  // ShuffleXor, WarpSum, WarpMaximum

struct SumOperator {
    template <typename T> static MEMBER T Apply(T a, T b) { return a + b; }
    template <typename T> static MEMBER T Warp(T value) { return WarpSum(value); }
};

struct MaximumOperator {
    template <typename T> static MEMBER T Apply(T a, T b) { return Maximum(a, b); }
    template <typename T> static MEMBER T Warp(T value) { return WarpMaximum(value); }
};

// For the last warp of a block, which may lack its upper lanes. Only lane 0 gets the whole result.
template <typename Operator, typename T> DEVICE T PartialWarpReduce(T value, int lane, int laneCount)
{
    for (int mask = WarpSize / 2; mask > 0; mask /= 2) {
        const T other = ShuffleXor(value, mask);
        if ((lane ^ mask) < laneCount) value = Operator::Apply(value, other);
    }

    return value;
}

template <typename Operator, typename T> DEVICE T BlockReduce(T value)
{
    if constexpr (WarpSize == 1) return value;

    __shared__ T warpValues[32];  // [warp]
    const int threadCount = blockDim.x * blockDim.y * blockDim.z;
    const int thread = threadIdx.x + blockDim.x * (threadIdx.y + blockDim.y * threadIdx.z);
    const int lane = thread % WarpSize;
    const int laneCount = Minimum(WarpSize, threadCount - (thread - lane));
    value = laneCount == WarpSize ? Operator::Warp(value) : PartialWarpReduce<Operator>(value, lane, laneCount);

    __syncthreads();  // reads by an earlier call | writes of this one
    if (lane == 0) warpValues[thread / WarpSize] = value;
    __syncthreads();  // the writes | the reads
    value = warpValues[0];
    for (int warp = 1; warp * WarpSize < threadCount; warp++) value = Operator::Apply(value, warpValues[warp]);
    return value;
}

// The sum of every thread's value.
template <typename T> DEVICE T BlockSum(T value) { return BlockReduce<SumOperator>(value); }

// The greatest of every thread's value.
template <typename T> DEVICE T BlockMaximum(T value) { return BlockReduce<MaximumOperator>(value); }
