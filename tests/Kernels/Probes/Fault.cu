// Fault: kernels that are wrong on purpose, each in one way that the simt device finds.
//   y[thread] is some number; what matters is how the fault shows.
//
// Shapes   x: [block size], y: [grid size * block size], contiguous
// Types    float
// Launch   any block size from 2 to 1024
// Cost     none to speak of
// Limits   only for tests
// Source   ours
#include "Common/Prelude.cuh"  // KERNEL, Scalar
#include "Common/Warp.cuh"     // ShuffleXor
#include "Common/Mma.cuh"      // Mma, LoadMatrices, CopyAsync

// Every thread reads its right neighbour's number without waiting for it to be written.
KERNEL FaultMissingBarrier(const Scalar* x, Scalar* y)
{
    __shared__ Scalar tile[1024];
    tile[threadIdx.x] = 0;
    __syncthreads();  // the zeros | the numbers
    tile[threadIdx.x] = x[threadIdx.x];
    y[blockIdx.x * blockDim.x + threadIdx.x] = tile[(threadIdx.x + 1) % blockDim.x];
}

// Only the first half of the block comes to the barrier, in every block but the first.
KERNEL FaultBarrierInBranch(const Scalar* x, Scalar* y)
{
    if (blockIdx.x > 0 && threadIdx.x < blockDim.x / 2) __syncthreads();
    y[blockIdx.x * blockDim.x + threadIdx.x] = x[threadIdx.x];
}

KERNEL FaultTwoBarriers(const Scalar* x, Scalar* y)
{
    if (threadIdx.x % 2 == 0) {
        __syncthreads();
    } else {
        __syncthreads();
    }
    y[blockIdx.x * blockDim.x + threadIdx.x] = x[threadIdx.x];
}

// Odd lanes pass the shuffle by and wait at the barrier.
KERNEL FaultShuffleInBranch(const Scalar* x, Scalar* y)
{
    Scalar value = x[threadIdx.x];
    if (threadIdx.x % 2 == 0) value = ShuffleXor(value, 2);
    __syncthreads();
    y[blockIdx.x * blockDim.x + threadIdx.x] = value;
}

KERNEL FaultWarpBarrierAfterReturn(const Scalar* x, Scalar* y)
{
    if (threadIdx.x == 3) return;
    WarpBarrier();
    y[blockIdx.x * blockDim.x + threadIdx.x] = x[threadIdx.x];
}

// The last thread's element of shared memory is never written.
KERNEL FaultUnwrittenShared(const Scalar* x, Scalar* y)
{
    __shared__ Scalar tile[1024];
    if (threadIdx.x + 1 < blockDim.x) tile[threadIdx.x] = x[threadIdx.x];
    __syncthreads();
    y[blockIdx.x * blockDim.x + threadIdx.x] = tile[threadIdx.x];
}

KERNEL FaultUnwrittenDynamicShared(const Scalar* x, Scalar* y)
{
    DYNAMIC_SHARED(Scalar, tile);
    if (threadIdx.x + 1 < blockDim.x) tile[threadIdx.x] = x[threadIdx.x];
    __syncthreads();
    y[blockIdx.x * blockDim.x + threadIdx.x] = tile[threadIdx.x];
}

// Nobody writes this array at all, so that a compiler might take it for a constant zero.
KERNEL FaultNeverWrittenShared(const Scalar*, Scalar* y)
{
    __shared__ Scalar total;
    y[blockIdx.x * blockDim.x + threadIdx.x] = total;
}

KERNEL FaultUnwrittenOutput(const Scalar* x, Scalar* y)
{
    if (threadIdx.x + 1 < blockDim.x) y[blockIdx.x * blockDim.x + threadIdx.x] = x[threadIdx.x];
}

// --- What AddressSanitizer finds -------------------------------------------------------------------------------------

// The last thread writes one element too far, in the last block beyond the whole tensor.
KERNEL FaultWriteBeyond(const Scalar* x, Scalar* y)
{
    y[blockIdx.x * blockDim.x + threadIdx.x + 1] = x[threadIdx.x];
}

KERNEL FaultReadBefore(const Scalar* x, Scalar* y)
{
    y[blockIdx.x * blockDim.x + threadIdx.x] = x[int(threadIdx.x) - 1];
}

// A row of as many elements as a warp has threads, whatever the block.
KERNEL FaultSharedBeyond(const Scalar* x, Scalar* y)
{
    __shared__ Scalar row[WarpSize];
    row[threadIdx.x] = x[threadIdx.x];
    __syncthreads();  // the writes | the reads
    y[blockIdx.x * blockDim.x + threadIdx.x] = row[threadIdx.x ^ 1];
}

KERNEL FaultDynamicSharedBeyond(const Scalar* x, Scalar* y)
{
    DYNAMIC_SHARED(Scalar, row);
    row[threadIdx.x + 1] = x[threadIdx.x];
    __syncthreads();  // the writes | the reads
    y[blockIdx.x * blockDim.x + threadIdx.x] = row[threadIdx.x];
}

// The barrier makes each thread's stack its own, so that the fault is on a fiber's.
KERNEL FaultLocalBeyond(const Scalar* x, Scalar* y)
{
    Scalar sums[4] = {};
    __syncthreads();  // nothing
    for (int index = 0; index <= int(threadIdx.x); index++) sums[index] += x[index];
    y[blockIdx.x * blockDim.x + threadIdx.x] = sums[threadIdx.x % 4];
}

// --- What ThreadSanitizer finds, although the result is the same in every order --------------------------------------

// Every lane reads after the shuffle what its neighbour wrote before it; but a shuffle is not a barrier.
KERNEL FaultShuffleForBarrier(const Scalar* x, Scalar* y)
{
    __shared__ Scalar row[1024];
    row[threadIdx.x] = x[threadIdx.x];
    const Scalar other = ShuffleXor(x[threadIdx.x], 1);
    y[blockIdx.x * blockDim.x + threadIdx.x] = row[threadIdx.x ^ 1] - other;
}

// A warp keeps to its own part of the row, but the reads of one round race the writes of the next.
KERNEL FaultSecondRound(const Scalar* x, Scalar* y)
{
    __shared__ Scalar row[1024];
    Scalar sum = 0;
    for (int round = 0; round < 2; round++) {
        row[threadIdx.x] = x[threadIdx.x];
        WarpBarrier();  // the writes | the reads
        sum += row[threadIdx.x ^ 1];
    }
    y[blockIdx.x * blockDim.x + threadIdx.x] = sum;
}

// All blocks write the same numbers to the same place.
KERNEL FaultBlocksInOnePlace(const Scalar* x, Scalar* y)
{
    y[threadIdx.x] = x[threadIdx.x];
}

// --- What is asked of matrices and copies ----------------------------------------------------------------------------

// A thread reads what it has copied without waiting.
KERNEL FaultMissingCopyWait(const Scalar* x, Scalar* y)
{
    alignas(16) __shared__ Scalar tile[1024];
    if (threadIdx.x % 4 == 0) CopyAsync(tile + threadIdx.x, x + threadIdx.x);
    CopyCommit();
    __syncthreads();
    y[blockIdx.x * blockDim.x + threadIdx.x] = tile[threadIdx.x];
}

// The wait leaves one group pending, and the copies are in it.
KERNEL FaultCopyWaitTooShort(const Scalar* x, Scalar* y)
{
    alignas(16) __shared__ Scalar tile[1024];
    CopyCommit();
    if (threadIdx.x % 4 == 0) CopyAsync(tile + threadIdx.x, x + threadIdx.x);
    CopyCommit();
    CopyWait<1>();
    __syncthreads();
    y[blockIdx.x * blockDim.x + threadIdx.x] = tile[threadIdx.x];
}

// The copies of the second round are asked for while others still read those of the first.
KERNEL FaultCopyOverReads(const Scalar* x, Scalar* y)
{
    alignas(16) __shared__ Scalar tile[1024];
    Scalar sum = 0;
    for (int round = 0; round < 2; round++) {
        if (threadIdx.x % 4 == 0) CopyAsync(tile + threadIdx.x, x + threadIdx.x);
        CopyCommit();
        if (round == 0) CopyWait<0>();
        if (round == 0) __syncthreads();
        if (round == 0) sum += tile[(threadIdx.x + 4) % blockDim.x];
    }
    y[blockIdx.x * blockDim.x + threadIdx.x] = sum;
}

KERNEL FaultCopyMisaligned(const Scalar* x, Scalar* y)
{
    alignas(16) __shared__ Scalar tile[1024];
    if (threadIdx.x == 3) CopyAsync(tile, x + 1);
    y[blockIdx.x * blockDim.x + threadIdx.x] = 0;
}

KERNEL FaultMultiplicationInBranch(const Scalar* x, Scalar* y)
{
    FragmentSum sum = {};
    const FragmentX left = {};
    const FragmentW right = {};
    if (x[threadIdx.x] > 1) Mma<float>::Multiply(sum, left, right);
    __syncthreads();
    y[blockIdx.x * blockDim.x + threadIdx.x] = sum.values[0];
}

KERNEL FaultLoadOfOddRows(const Scalar* x, Scalar* y)
{
    alignas(16) __shared__ Scalar tile[1024];
    tile[threadIdx.x] = x[threadIdx.x];
    __syncthreads();
    unsigned bits[1];
    LoadMatrices(bits, tile + threadIdx.x % 8);
    y[blockIdx.x * blockDim.x + threadIdx.x] = BitsToFloat(bits[0]);
}
