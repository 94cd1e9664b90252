// Guidance: what a network says with its conditions, exaggerated against what it says without them.
//   Branches 2:  y = u + scale[0] (c - u)
//   Branches 3:  y = u + scale[0] (c - i) + scale[1] (i - u)
//   c with all conditions, i without the first one, u without any
//
// Shapes   x: [Branches, n], in the order c, (i,) u; y: n elements; scale: [Branches - 1], on the device, so that a
//          recorded step can be given others; contiguous
// Types    stored as Scalar, computed in Accumulator; scale float
// Launch   one block for every ElementsPerBlock elements; any block size
// Cost     reads Branches*n, writes n: bound by memory
// Source   Ho and Salimans 2022, Classifier-Free Diffusion Guidance, equation 6; Brooks et al. 2023,
//          InstructPix2Pix, equation 3
#include "Common/Prelude.cuh"

KERNEL Guidance(
    const Scalar* __restrict__ x, const float* __restrict__ scale, Scalar* __restrict__ y, Int64 count)
{
    const Accumulator first = scale[0];
    const Accumulator second = Branches == 3 ? scale[Branches - 2] : 0;
    const Scalar* without = x + (Branches - 1) * count;
    const Int64 begin = (Int64)blockIdx.x * ElementsPerBlock;
    const Int64 end = Minimum(count, begin + ElementsPerBlock);
    for (Int64 i = begin + threadIdx.x; i < end; i += blockDim.x) {
        const Accumulator u = without[i];
        const Accumulator middle = Branches == 3 ? Accumulator(x[count + i]) : u;
        y[i] = Scalar(u + first * (Accumulator(x[i]) - middle) + second * (middle - u));
    }
}
