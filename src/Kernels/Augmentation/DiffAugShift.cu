// DiffAugShift: translates clips by whole pixels, with zeros from beyond the edges, and cuts out a rectangle; one draw
// per clip.
//   forward  y[n,t,r,c] = keep[n,r,c] x[n, t, r + rows[n], c + columns[n]]
//   adjoint  y[n,t,r,c] = keep[n,q,d] x[n,t,q,d], q = r - rows[n], d = c - columns[n]
//   keep is 0 within the rectangle, else 1; its first row is cutRows[n] - h / 2, columns likewise; its first and last
//   row and column are clamped to the picture
//
// Shapes   x, y: [N, T, H, W, C]; rows, columns, cutRows, cutColumns: [N], each pair present or null; contiguous
// Types    any Scalar; nothing is computed
// Launch   rows of W*C distributed by RowTiling; any block size
// Cost     reads and writes N*T*H*W*C: bound by memory
// Source   Zhao et al. 2020, Differentiable Augmentation for Data-Efficient GAN Training, section 3
#include "Common/Prelude.cuh"
#include "Common/Rows.cuh"

struct ShiftPlan {
    int frames, height, width, channels;  // T, H, W, C
    int cutHeight, cutWidth;              // of the rectangle
    int isAdjoint;
};

struct Span {
    int first, end;
};

// The part of an axis that the rectangle covers.
DEVICE Span Covered(const int* offsets, int clip, int cutSize, int size)
{
    if (!offsets) return {0, 0};
    const int start = offsets[clip] - cutSize / 2;
    return {Minimum(Maximum(start, 0), size - 1), Minimum(Maximum(start + cutSize - 1, 0), size - 1) + 1};
}

KERNEL DiffAugShift(
    const Scalar* __restrict__ x, const int* __restrict__ rows, const int* __restrict__ columns,
    const int* __restrict__ cutRows, const int* __restrict__ cutColumns, Scalar* __restrict__ y, RowTiling tiling,
    ShiftPlan plan)
{
    ForEachRow(tiling, [=](Int64 row, int first, int end, int step) {
        const Int64 picture = row / plan.height;
        const int clip = int(picture / plan.frames);
        const int down = rows ? (plan.isAdjoint ? -rows[clip] : rows[clip]) : 0;
        const int right = columns ? (plan.isAdjoint ? -columns[clip] : columns[clip]) : 0;
        const int target = int(row - picture * plan.height);
        const int source = target + down;
        const bool isInside = source >= 0 && source < plan.height;

        // The rectangle is placed in the output of the forward direction: y, or x for the adjoint.
        const Span height = Covered(cutRows, clip, plan.cutHeight, plan.height);
        const Span width = Covered(cutColumns, clip, plan.cutWidth, plan.width);
        const int masked = plan.isAdjoint ? source : target;
        const bool isCut = masked >= height.first && masked < height.end;
        const int across = plan.isAdjoint ? right : 0;
        const int cutFirst = isCut ? (width.first - across) * plan.channels : 0;
        const int cutEnd = isCut ? (width.end - across) * plan.channels : 0;

        const int begin = isInside ? -right * plan.channels : 0;
        const int stop = isInside ? begin + tiling.rowLength : 0;
        const Scalar* from = x + (picture * plan.height + source) * tiling.rowLength + right * plan.channels;
        Scalar* to = y + row * tiling.rowLength;
        for (int i = first; i < end; i += WarpSize == 1 ? 1 : step) {
            const bool isKept = i >= begin && i < stop && (i < cutFirst || i >= cutEnd);
            to[i] = isKept ? from[i] : Scalar(0);
        }
    });
}
