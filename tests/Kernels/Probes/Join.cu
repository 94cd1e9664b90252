// Join: what the threads of a block or warp tell each other, in the ways that kernels use.
//   JoinTree         y[b,t] = sum over s of x[b,s], by a tree in shared memory whose last steps are shuffles
//   JoinSum          y[b,t] = sum over s of x[b,s], called twice in a row; JoinMaximum likewise
//   JoinRotate       y[b,t] = sum over k < 32 of (k + 1) x[b, s], s = lane (t + k) % 32 of the warp: shuffles in a row
//   JoinNeighbour    y[b,t] = x[b, neighbour in the warp], through dynamic shared memory and WarpBarrier
//
// Shapes   x, y: [grid size, block size], contiguous
// Types    stored as Scalar, summed in Accumulator
// Launch   any block size up to 1024; JoinTree a power of two from 64, JoinRotate and JoinNeighbour multiples of 32
// Cost     none to speak of
// Limits   only for tests
// Source   ours
#include "Common/Prelude.cuh"  // KERNEL, Scalar, Accumulator, WarpSize
#include "Common/Block.cuh"    // BlockSum, BlockMaximum

KERNEL JoinTree(const Scalar* x, Scalar* y)
{
    __shared__ Accumulator sums[1024];  // [thread]; neighbours in neighbouring banks
    const int thread = threadIdx.x;
    sums[thread] = x[blockIdx.x * blockDim.x + thread];
    __syncthreads();  // the writes | the tree
    for (int half = blockDim.x / 2; half >= WarpSize; half /= 2) {
        if (thread < half) sums[thread] += sums[thread + half];
        __syncthreads();  // one level of the tree | the next
    }
    if (thread < WarpSize) {
        const Accumulator sum = WarpSum(sums[thread]);
        WarpBarrier();  // the reads of all lanes | the write of one
        if (thread == 0) sums[0] = sum;
    }
    __syncthreads();  // the sum | its readers
    y[blockIdx.x * blockDim.x + thread] = Scalar(sums[0]);
}

KERNEL JoinSum(const Scalar* x, Scalar* y)
{
    const Accumulator value = x[blockIdx.x * blockDim.x + threadIdx.x];
    const Accumulator twice = BlockSum(value + value);
    y[blockIdx.x * blockDim.x + threadIdx.x] = Scalar(twice - BlockSum(value));
}

KERNEL JoinMaximum(const Scalar* x, Scalar* y)
{
    const Accumulator value = x[blockIdx.x * blockDim.x + threadIdx.x];
    const Accumulator least = -BlockMaximum(-value);
    y[blockIdx.x * blockDim.x + threadIdx.x] = Scalar(BlockMaximum(value - least) + least);
}

KERNEL JoinRotate(const Scalar* x, Scalar* y)
{
    const Scalar value = x[blockIdx.x * blockDim.x + threadIdx.x];
    Scalar sum = 0;
    for (int step = 0; step < 32; step++) {
        sum += (step + 1) * BitsToFloat(ShuffleBits(FloatToBits(value), (threadIdx.x + step) % 32));
    }
    y[blockIdx.x * blockDim.x + threadIdx.x] = sum;
}

KERNEL JoinNeighbour(const Scalar* x, Scalar* y)
{
    DYNAMIC_SHARED(Scalar, tile);
    tile[threadIdx.x] = x[blockIdx.x * blockDim.x + threadIdx.x];
    WarpBarrier();  // the writes | the reads of the warp
    y[blockIdx.x * blockDim.x + threadIdx.x] = tile[threadIdx.x ^ 1];
}
