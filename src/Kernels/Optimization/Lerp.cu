// Lerp: moves a tensor towards another, as a moving average does.
//   y[i] = y[i] + weight (x[i] - y[i])
//
// Shapes   x, y: n elements, contiguous; weight: [1], on the device, so that a recorded step can be given another
// Types    stored as Scalar, computed in Accumulator; weight float
// Launch   one block for every ElementsPerBlock elements; any block size
// Cost     reads 2n, writes n: bound by memory
#include "Common/Prelude.cuh"
#include "Common/Interpolate.cuh"

KERNEL Lerp(const Scalar* __restrict__ x, Scalar* __restrict__ y, const float* __restrict__ weight, Int64 count)
{
    const Accumulator amount = weight[0];
    const Int64 begin = (Int64)blockIdx.x * ElementsPerBlock;
    const Int64 end = Minimum(count, begin + ElementsPerBlock);
    for (Int64 i = begin + threadIdx.x; i < end; i += blockDim.x) {
        y[i] = Scalar(Interpolate(Accumulator(y[i]), Accumulator(x[i]), amount));
    }
}
