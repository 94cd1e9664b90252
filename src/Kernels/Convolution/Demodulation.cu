// Demodulation: the factors that give the results of a modulated convolution unit variance again.
//   y[n,t,o] = gain / sqrt(variance[n,t,o] + e), where e = epsilon (weights[o] styles[n])^2,
//   times root weights[o] styles[n] if root > 0, where the copies of ModulationEnergy.cu were divided by it
// and the gradient of the variance, where dy[n,t,o] y[n,t,o] = products[n,t,o] - bias[o] sums[n,t,o]:
//   dvariance[n,t,o] = -dy[n,t,o] y[n,t,o] / (2 (variance[n,t,o] + e))
//
// Shapes   y, variance, dvariance, products, sums: [N, T, O]; weights: [O] and styles: [N], the largest magnitudes;
//          bias: [O], or null for zeros; contiguous
// Types    y, bias: Target; the others Scalar, of at least 32 bits
// Launch   RowWalk over the rows of [N T, O]
// Cost     reads variance, products and sums, writes one of them: bound by memory
// Source   Brooks et al. 2022, Generating Long Videos of Dynamic Scenes, appendix B
#include "Common/Prelude.cuh"  // KERNEL, Scalar
#include "Common/Rows.cuh"     // RowWalk, ForEachRow

// Added to the variance: it grows with weights and styles, as if they had been divided by their largest magnitudes.
DEVICE Scalar EpsilonOf(float epsilon, Scalar weight, Scalar style)
{
    const Scalar magnitude = weight * style;
    return epsilon * magnitude * magnitude;
}

KERNEL Demodulation(
    const Scalar* __restrict__ variance, const Scalar* __restrict__ weights, const Scalar* __restrict__ styles,
    Target* __restrict__ y, RowWalk walk, int frameCount, float epsilon, float root, float gain)
{
    ForEachRow(walk, [=](Int64 row, int first, int end, int step) {
        const Scalar style = styles[Quotient(row, frameCount)];
        const Int64 start = row * walk.rowLength;
        for (int o = first; o < end; o += step) {
            const Scalar factor = gain * ReciprocalSqrt(variance[start + o] + EpsilonOf(epsilon, weights[o], style));
            y[start + o] = Target(root > 0 ? factor * (root * weights[o] * style) : factor);
        }
    });
}

KERNEL DemodulationGradient(
    const Scalar* __restrict__ variance, const Scalar* __restrict__ weights, const Scalar* __restrict__ styles,
    const Scalar* __restrict__ products, const Scalar* __restrict__ sums, const Target* __restrict__ bias,
    Scalar* __restrict__ dvariance, RowWalk walk, int frameCount, float epsilon)
{
    ForEachRow(walk, [=](Int64 row, int first, int end, int step) {
        const Scalar style = styles[Quotient(row, frameCount)];
        const Int64 start = row * walk.rowLength;
        for (int o = first; o < end; o += step) {
            const Scalar own = bias == nullptr ? Scalar(0) : Scalar(bias[o]) * sums[start + o];
            const Scalar total = variance[start + o] + EpsilonOf(epsilon, weights[o], style);
            dvariance[start + o] = (own - products[start + o]) / (2 * total);
        }
    });
}
