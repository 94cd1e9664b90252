// Demodulation: the factors that give the results of a modulated convolution unit variance again.
//   y[n,t,o] = gain / sqrt(variance[n,t,o] + e), where e = epsilon (weights[o] styles[n])^2,
//   times root weights[o] styles[n] if root > 0, where the copies of ModulationEnergy.cu were divided by it
// and the gradient of the variance, where dy[n,t,o] y[n,t,o] = products[n,t,o] - bias[o] sums[n,t,o]:
//   dvariance[n,t,o] = -dy[n,t,o] y[n,t,o] / (2 (variance[n,t,o] + e))
//
// Shapes   y, variance, dvariance, products, sums: [N, T, O]; weights: [O] and styles: [N], the largest magnitudes;
//          bias: [O], or null for zeros; contiguous
// Types    y, bias: Target; the others Scalar, of at least 32 bits
// Launch   one block of any size for each n and t
// Cost     reads variance, products and sums, writes one of them: few elements, bound by latency
// Source   Brooks et al. 2022, Generating Long Videos of Dynamic Scenes, appendix B
#include "Common/Prelude.cuh"  // KERNEL, Scalar

// Added to the variance: it grows with weights and styles, as if they had been divided by their largest magnitudes.
DEVICE Scalar EpsilonOf(float epsilon, Scalar weight, Scalar style)
{
    const Scalar magnitude = weight * style;
    return epsilon * magnitude * magnitude;
}

KERNEL Demodulation(
    const Scalar* __restrict__ variance, const Scalar* __restrict__ weights, const Scalar* __restrict__ styles,
    Target* __restrict__ y, int frameCount, int outputCount, float epsilon, float root, float gain)
{
    const Scalar style = styles[blockIdx.x / frameCount];
    const Int64 start = Int64(blockIdx.x) * outputCount;
    for (int o = threadIdx.x; o < outputCount; o += blockDim.x) {
        const Scalar factor = gain * ReciprocalSqrt(variance[start + o] + EpsilonOf(epsilon, weights[o], style));
        y[start + o] = Target(root > 0 ? factor * (root * weights[o] * style) : factor);
    }
}

KERNEL DemodulationGradient(
    const Scalar* __restrict__ variance, const Scalar* __restrict__ weights, const Scalar* __restrict__ styles,
    const Scalar* __restrict__ products, const Scalar* __restrict__ sums, const Target* __restrict__ bias,
    Scalar* __restrict__ dvariance, int frameCount, int outputCount, float epsilon)
{
    const Scalar style = styles[blockIdx.x / frameCount];
    const Int64 start = Int64(blockIdx.x) * outputCount;
    for (int o = threadIdx.x; o < outputCount; o += blockDim.x) {
        const Scalar own = bias == nullptr ? Scalar(0) : Scalar(bias[o]) * sums[start + o];
        const Scalar total = variance[start + o] + EpsilonOf(epsilon, weights[o], style);
        dvariance[start + o] = (own - products[start + o]) / (2 * total);
    }
}
