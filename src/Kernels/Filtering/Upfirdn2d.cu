// Upfirdn2d: upsamples by inserting zeros, applies a planar (2-D) filter, and keeps every down-th row and column.
//   y[n,q,p,c] = gain sum over i, j of h[i,j] u[n, q downY + i - beforeY, p downX + j - beforeX, c]
//   u[n, r upY, s upX, c] = x[n,r,s,c], and u is 0 elsewhere; h is the filter rotated by 180 degrees (a convolution),
//   or as it is if isFlipped (a correlation)
//
// Shapes   x: [N, H, W, C]; filter: [I, J]; y: [N, Q, P, C]; contiguous
// Types    stored as Scalar, the filter as float, summed in Accumulator
// Launch   rows of C distributed by RowTiling; any block size
// Cost     I J / (upY upX) multiplications per element of y; reads x (pixels that filters share come from cache),
//          writes y
// Limits   H, W, Q, P >= 1; a separable filter is faster as two passes of Upfirdn
// Source   Karras et al. 2020, Analyzing and Improving the Image Quality of StyleGAN: the resampling of its appendix
#include "Common/Prelude.cuh"
#include "Common/Rows.cuh"

struct AxisPlan {
    int length, outputLength, tapCount;
    int up, down;
    int before;  // zeros before the first sample, at the higher rate; negative to crop
};

struct Upfirdn2dPlan {
    AxisPlan rows, columns;
    int isFlipped;
    float gain;
};

// The samples along an axis under one output, and the taps that fall on them.
struct Window {
    int first, count;  // samples
    int tap, step;     // tap of the first sample, and the step to that of the next
};

DEVICE Window WindowOf(const AxisPlan& axis, int output, bool isFlipped)
{
    const int base = output * axis.down - axis.before;
    const int last = base + axis.tapCount - 1;
    const int first = base > 0 ? (base + axis.up - 1) / axis.up : 0;
    const int end = last >= 0 ? Minimum(axis.length, last / axis.up + 1) : 0;
    const int tap = first * axis.up - base;
    return {first, end - first, isFlipped ? tap : axis.tapCount - 1 - tap, isFlipped ? axis.up : -axis.up};
}

// Channels that a thread sums at a time: many on the host device, one elsewhere.
constexpr int Width = WarpSize == 1 ? 64 : 1;

KERNEL Upfirdn2d(
    const Scalar* __restrict__ x, const float* __restrict__ filter, Scalar* __restrict__ y, RowTiling tiling,
    Upfirdn2dPlan plan)
{
    ForEachRow(tiling, [=](Int64 row, int first, int end, int step) {
        const Int64 line = row / plan.columns.outputLength;
        const Int64 image = line / plan.rows.outputLength;
        const Window down = WindowOf(plan.rows, int(line - image * plan.rows.outputLength), plan.isFlipped);
        const Window across = WindowOf(plan.columns, int(row - line * plan.columns.outputLength), plan.isFlipped);
        const Int64 corner = (image * plan.rows.length + down.first) * plan.columns.length + across.first;
        const Scalar* pixels = x + corner * tiling.rowLength;
        const float* taps = filter + down.tap * plan.columns.tapCount + across.tap;
        Scalar* to = y + row * tiling.rowLength;
        for (int i = first; i < end; i += WarpSize == 1 ? Width : step) {
            const int width = Minimum(Width, end - i);
            Accumulator sum[Width] = {};
            for (int r = 0; r < down.count; r++) {
                const Scalar* from = pixels + (Int64)r * plan.columns.length * tiling.rowLength + i;
                const float* tap = taps + r * down.step * plan.columns.tapCount;
                for (int s = 0; s < across.count; s++, from += tiling.rowLength, tap += across.step) {
                    const Accumulator weight = Accumulator(*tap) * plan.gain;
                    for (int c = 0; c < width; c++) sum[c] += weight * Accumulator(from[c]);
                }
            }
            for (int c = 0; c < width; c++) to[i + c] = Scalar(sum[c]);
        }
    });
}
