// Accumulate: adds a tensor to another in place.
//   y[i] = y[i] + x[i]
//
// Shapes   x, y: n elements, contiguous
// Types    stored as Scalar, added in Accumulator
// Launch   one block for every ElementsPerBlock elements; any block size
// Cost     reads 2n, writes n: bound by memory
#include "Common/Prelude.cuh"

KERNEL Accumulate(const Scalar* __restrict__ x, Scalar* __restrict__ y, Int64 count)
{
    const Int64 begin = (Int64)blockIdx.x * ElementsPerBlock;
    const Int64 end = Minimum(count, begin + ElementsPerBlock);
    for (Int64 i = begin + threadIdx.x; i < end; i += blockDim.x) y[i] = Scalar(Accumulator(y[i]) + Accumulator(x[i]));
}
