// KeypointHeatmaps: a soft spot around every keypoint, or a soft line along every limb, a channel each.
//   y[n,i,j,k] = exp(-d^2 / sigma^2) v, d the distance of pixel (j, i) from the segment between the keypoints a and b
//   of limb k, v the product of their visibilities; without limbs a = b = k and v is the visibility
//
// Shapes   keypoints: [N, K, 3], column and row in pixels, visibility; limbs: [L, 2] or null; y: [N, H, W, L], L = K
//          without limbs; contiguous
// Types    stored as Scalar, computed in Accumulator; keypoints are float
// Launch   rows of W*L shared out by RowWalk; any block size
// Cost     writes N*H*W*L, an exponential each: bound by arithmetic on a CPU, by memory elsewhere
// Source   Brooks and Efros 2022, Hallucinating Pose-Compatible Scenes, section 3 (Eq. 3.1 of the thesis)
#include "Common/Prelude.cuh"
#include "Common/Rows.cuh"

struct HeatmapPlan {
    int height, width;
    int keypoints, limbs;  // K, L
    float sigma;
};

KERNEL KeypointHeatmaps(
    const float* __restrict__ keypoints, const int* __restrict__ limbs, Scalar* __restrict__ y, RowWalk walk,
    HeatmapPlan plan)
{
    const Accumulator factor = -1 / (Accumulator(plan.sigma) * Accumulator(plan.sigma));
    ForEachRow(walk, [=](Int64 row, int first, int end, int step) {
        const Int64 picture = Quotient(row, plan.height);
        const Accumulator i = Accumulator(int(row - picture * plan.height));
        const float* pose = keypoints + 3 * picture * plan.keypoints;
        Scalar* to = y + row * walk.rowLength;
        for (int at = first; at < end; at += WarpSize == 1 ? 1 : step) {
            const int column = at / plan.limbs;
            const int limb = at - column * plan.limbs;
            const float* a = pose + 3 * (limbs ? limbs[2 * limb] : limb);
            const float* b = pose + 3 * (limbs ? limbs[2 * limb + 1] : limb);
            const Accumulator right = Accumulator(b[0]) - Accumulator(a[0]);
            const Accumulator down = Accumulator(b[1]) - Accumulator(a[1]);
            const Accumulator besideA = Accumulator(column) - Accumulator(a[0]);
            const Accumulator belowA = i - Accumulator(a[1]);
            const Accumulator squareLength = right * right + down * down;
            const Accumulator along = besideA * right + belowA * down;
            const Accumulator share = squareLength > 0 ? along / squareLength : Accumulator(0);
            const Accumulator nearest = Minimum(Maximum(share, Accumulator(0)), Accumulator(1));
            const Accumulator across = besideA - nearest * right, below = belowA - nearest * down;
            const Accumulator visibility = limbs ? Accumulator(a[2]) * Accumulator(b[2]) : Accumulator(a[2]);
            to[at] = Scalar(Exp(factor * (across * across + below * below)) * visibility);
        }
    });
}
