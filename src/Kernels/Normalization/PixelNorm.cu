// PixelNorm: scales every row of a matrix to unit root mean square.
//   y[n,c] = x[n,c] / sqrt(mean over c of x[n,c]^2 + epsilon)
//
// Shapes   x, y: [N, C], contiguous
// Types    stored as Scalar, summed in Accumulator
// Launch   one warp per row; any block size that is a multiple of WarpSize
// Cost     reads N*C (the second pass comes from cache), writes N*C: bound by memory
// Limits   C >= 1
// Source   Karras et al. 2018, Progressive Growing of GANs, section 4.2
#include "Common/Prelude.cuh"  // KERNEL, Scalar, Accumulator, WarpSize
#include "Common/Warp.cuh"     // WarpSum

KERNEL PixelNorm(const Scalar* __restrict__ x, Scalar* __restrict__ y, int rowCount, int channelCount, float epsilon)
{
    const int lane = threadIdx.x % WarpSize;
    const long long row = (long long)blockIdx.x * (blockDim.x / WarpSize) + threadIdx.x / WarpSize;
    if (row >= rowCount) return;  // uniform across the warp, so that WarpSum below stays legal

    Accumulator squareSum = 0;
    for (int channel = lane; channel < channelCount; channel += WarpSize) {
        const Accumulator value = x[row * channelCount + channel];
        squareSum += value * value;
    }
    const Accumulator scale = ReciprocalSqrt(WarpSum(squareSum) / channelCount + epsilon);

    for (int channel = lane; channel < channelCount; channel += WarpSize) {
        y[row * channelCount + channel] = Scalar(x[row * channelCount + channel] * scale);
    }
}
