// Cast: the same numbers in another type, rounded to nearest even.
//   y[i] = Target(x[i])
//
// Shapes   x, y: n elements, contiguous
// Types    from Scalar to Target, through float or, between double and integers, directly
// Launch   one block for every ElementsPerBlock elements; any block size
// Cost     reads n, writes n: bound by memory
#include "Common/Prelude.cuh"

KERNEL Cast(const Scalar* __restrict__ x, Target* __restrict__ y, Int64 count)
{
    const Int64 begin = (Int64)blockIdx.x * ElementsPerBlock;
    const Int64 end = Minimum(count, begin + ElementsPerBlock);
    for (Int64 i = begin + threadIdx.x; i < end; i += blockDim.x) y[i] = Target(Accumulator(x[i]));
}
