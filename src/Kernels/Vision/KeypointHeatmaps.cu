// KeypointHeatmaps: a Gaussian spot around every keypoint, one channel each.
//   y[n,i,j,k] = exp(-d^2 / sigma^2) v, d the distance of pixel (j, i) from keypoint k, v its visibility
// KeypointHeatmapsFactors: the separable exponentials along both axes, whose product is y; those of rows include v
// KeypointHeatmapsLimbs: a Gaussian line along every limb instead, d the distance from the segment between its two
//   keypoints, v the product of their visibilities
//
// Shapes   keypoints: [N, K, 3], column and row in pixels, visibility; limbs: [L, 2]; factors: [N, H + W, K], rows
//          first; y: [N, H, W, K] or [N, H, W, L]; contiguous
// Types    stored as Scalar; factors and all computation in Accumulator; keypoints are float
// Launch   maps: rows of W*K or W*L distributed by RowTiling; factors: one block for every ElementsPerBlock elements;
//          any block size
// Cost     writes N*H*W*K: bound by memory. N*H*W*L exponentials for limbs: bound by arithmetic on a CPU
// Source   Brooks and Efros 2022, Hallucinating Pose-Compatible Scenes, section 3 (Eq. 3.1 of the thesis)
#include "Common/Prelude.cuh"
#include "Common/Rows.cuh"

struct HeatmapPlan {
    int height, width;
    int keypoints, limbs;  // K, L
    double sigma;
};

DEVICE Accumulator Exponent(const HeatmapPlan& plan)
{
    return -1 / (Accumulator(plan.sigma) * Accumulator(plan.sigma));
}

KERNEL KeypointHeatmapsFactors(
    const float* __restrict__ keypoints, Accumulator* __restrict__ factors, Int64 count, HeatmapPlan plan)
{
    const Accumulator exponent = Exponent(plan);
    const Int64 begin = (Int64)blockIdx.x * ElementsPerBlock;
    const Int64 end = Minimum(count, begin + ElementsPerBlock);
    for (Int64 index = begin + threadIdx.x; index < end; index += blockDim.x) {
        const Int64 line = Quotient(index, plan.keypoints);
        const Int64 picture = Quotient(line, plan.height + plan.width);
        const int position = int(line - picture * (plan.height + plan.width));
        const float* keypoint = keypoints + 3 * (picture * plan.keypoints + index - line * plan.keypoints);
        const bool isRow = position < plan.height;
        const Accumulator pixel = Accumulator(isRow ? position : position - plan.height);
        const Accumulator distance = pixel - Accumulator(keypoint[isRow ? 1 : 0]);
        const Accumulator factor = Exp(exponent * distance * distance);
        factors[index] = isRow ? factor * Accumulator(keypoint[2]) : factor;
    }
}

KERNEL KeypointHeatmaps(
    const Accumulator* __restrict__ factors, Scalar* __restrict__ y, RowTiling tiling, HeatmapPlan plan)
{
    ForEachRow(tiling, [=](Int64 row, int first, int end, int step) {
        const Int64 picture = Quotient(row, plan.height);
        const Accumulator* lines = factors + picture * (plan.height + plan.width) * plan.keypoints;
        const Accumulator* down = lines + (row - picture * plan.height) * plan.keypoints;
        const Accumulator* across = lines + (Int64)plan.height * plan.keypoints;
        Scalar* to = y + row * tiling.rowLength;
        if (WarpSize > 1) {
            for (int at = first; at < end; at += step) to[at] = Scalar(down[at % plan.keypoints] * across[at]);
            return;
        }
        for (int at = first; at < end;) {
            const int keypoint = at % plan.keypoints;
            const int count = Minimum(plan.keypoints - keypoint, end - at);
            for (int k = 0; k < count; k++) to[at + k] = Scalar(down[keypoint + k] * across[at + k]);
            at += count;
        }
    });
}

KERNEL KeypointHeatmapsLimbs(
    const float* __restrict__ keypoints, const int* __restrict__ limbs, Scalar* __restrict__ y, RowTiling tiling,
    HeatmapPlan plan)
{
    const Accumulator exponent = Exponent(plan);
    ForEachRow(tiling, [=](Int64 row, int first, int end, int step) {
        const Int64 picture = Quotient(row, plan.height);
        const Accumulator i = Accumulator(int(row - picture * plan.height));
        const float* pose = keypoints + 3 * picture * plan.keypoints;
        Scalar* to = y + row * tiling.rowLength;
        for (int at = first; at < end; at += WarpSize == 1 ? 1 : step) {
            const int column = at / plan.limbs;
            const int limb = at - column * plan.limbs;
            const float* a = pose + 3 * limbs[2 * limb];
            const float* b = pose + 3 * limbs[2 * limb + 1];
            const Accumulator right = Accumulator(b[0]) - Accumulator(a[0]);
            const Accumulator down = Accumulator(b[1]) - Accumulator(a[1]);
            const Accumulator besideA = Accumulator(column) - Accumulator(a[0]);
            const Accumulator belowA = i - Accumulator(a[1]);
            const Accumulator squareLength = right * right + down * down;
            const Accumulator along = besideA * right + belowA * down;
            const Accumulator share = squareLength > 0 ? along / squareLength : Accumulator(0);
            const Accumulator nearest = Minimum(Maximum(share, Accumulator(0)), Accumulator(1));
            const Accumulator across = besideA - nearest * right, below = belowA - nearest * down;
            const Accumulator visibility = Accumulator(a[2]) * Accumulator(b[2]);
            to[at] = Scalar(Exp(exponent * (across * across + below * below)) * visibility);
        }
    });
}
