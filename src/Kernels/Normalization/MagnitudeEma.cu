// MagnitudeEma: moves the running mean square of a layer's input, and takes its reciprocal root.
//   average += weight (sum over s of squares[s] / count - average)
//   gain = 1 / sqrt(average)
//
// Shapes   squares: [S], sums of squares of parts of the input; average, gain: one element
// Types    average, gain: Scalar; squares: Accumulator
// Launch   one block of any size
// Cost     reads S: bound by latency
// Limits   Scalar of at least 32 bits
// Source   Karras et al. 2021, Alias-Free GANs, section 3.2, without its epsilon
#include "Common/Prelude.cuh"  // KERNEL, Scalar, Accumulator
#include "Common/Block.cuh"    // BlockSum

KERNEL MagnitudeEma(
    const Accumulator* __restrict__ squares, Scalar* __restrict__ average, Scalar* __restrict__ gain, int partCount,
    float inverseCount, float weight)
{
    Accumulator sum = 0;
#pragma unroll 8
    for (int part = threadIdx.x; part < partCount; part += blockDim.x) sum += squares[part];
    sum = BlockSum(sum);
    if (threadIdx.x > 0) return;
    const Accumulator old = Accumulator(*average);
    const Accumulator moved = old + (sum * inverseCount - old) * weight;
    *average = Scalar(moved);
    *gain = Scalar(ReciprocalSqrt(moved));
}
