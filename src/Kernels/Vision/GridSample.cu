// GridSample: samples pictures at given positions, bilinearly, with zeros beyond their edges; and both gradients.
//   y[n,i,j,c] = sum over the pixels (a, b) around (q, p) of (1 - |q - a|) (1 - |p - b|) x[n,a,b,c], at column
//   p = ((u + 1) W - 1) / 2 and row q = ((v + 1) H - 1) / 2, (u, v) = grid[n,i,j]: the edges of the picture lie at -1
//   and 1
// GridSampleGradient: the adjoint, dx[n,a,b,c] = sum of weight g[n,i,j,c] over the points (n,i,j) of the grid that
//   sample pixel (a, b), each with its weight of that pixel. Before it, GridSampleCells builds for each cell between
//   four pixels a linked list of the points in it, and GridSampleOrder sorts each list, which fixes the order of sums
// GridSampleGridGradient: dgrid[n,i,j] = sum over c of g[n,i,j,c] (dy / du, dy / dv)
//
// Shapes   x, dx: [N, H, W, C]; grid, dgrid: [N, I, J, 2]; y, g: [N, I, J, C]; heads, initialised to zeros:
//          [N, H + 1, W + 1], nexts: [N, I, J], indices of points plus 1, 0 ends a list; contiguous
// Types    stored as Scalar; grid, positions and sums in Accumulator
// Launch   GridSample, GridSampleGradient: rows of C, one pixel each, distributed by RowTiling; GridSampleCells,
//          GridSampleOrder: one block for every ElementsPerBlock elements; GridSampleGridGradient: one warp per point,
//          blocks of a multiple of WarpSize; else any block size
// Cost     reads and writes x, y and grid once: bound by memory. The lists take 4*N*(H*W + I*J) bytes, twice
// Limits   N*I*J and N*(H + 1)*(W + 1) below 2^31 - 1; a NaN position samples zeros
// Source   Jaderberg et al. 2015, Spatial Transformer Networks, section 3.3
#include "Common/Prelude.cuh"
#include "Common/Atomics.cuh"
#include "Common/Rows.cuh"
#include "Common/Warp.cuh"

struct GridSamplePlan {
    int height, width, channels;  // H, W, C
    int rows, columns;            // I, J
};

struct Point {
    int row, column;          // of the pixel above and to the left, from -1
    Accumulator down, right;  // distance from that pixel, in [0, 1)
    bool isInside;            // whether any of the four pixels around exists
};

DEVICE Point PointOf(const Accumulator* grid, Int64 index, const GridSamplePlan& plan)
{
    const Accumulator p = ((grid[2 * index] + 1) * Accumulator(plan.width) - 1) / 2;
    const Accumulator q = ((grid[2 * index + 1] + 1) * Accumulator(plan.height) - 1) / 2;
    const bool isInside = p > -1 && p < Accumulator(plan.width) && q > -1 && q < Accumulator(plan.height);
    if (!isInside) return {0, 0, 0, 0, false};
    const Accumulator column = Floor(p), row = Floor(q);
    return {int(row), int(column), q - row, p - column, true};
}

// The weight of the pixel `down` rows below and `right` columns right of the first, each 0 or 1.
DEVICE Accumulator Weight(const Point& point, int down, int right)
{
    return (down ? point.down : 1 - point.down) * (right ? point.right : 1 - point.right);
}

DEVICE bool HasPixel(const Point& point, int down, int right, const GridSamplePlan& plan)
{
    const int row = point.row + down, column = point.column + right;
    return row >= 0 && row < plan.height && column >= 0 && column < plan.width;
}

KERNEL GridSample(
    const Scalar* __restrict__ x, const Accumulator* __restrict__ grid, Scalar* __restrict__ y, RowTiling tiling,
    GridSamplePlan plan)
{
    const int count = plan.rows * plan.columns;
    ForEachRow(tiling, [=](Int64 row, int first, int end, int step) {
        const Point point = PointOf(grid, row, plan);
        const int threadStep = WarpSize == 1 ? 1 : step;
        Scalar* to = y + row * plan.channels;
        if (!point.isInside) {
            for (int c = first; c < end; c += threadStep) to[c] = Scalar(0);
            return;
        }
        const Int64 stride = (Int64)plan.width * plan.channels;
        const Int64 line = Quotient(row, count) * plan.height + point.row;
        const Int64 start = line * stride + (Int64)point.column * plan.channels;
        if (HasPixel(point, 0, 0, plan) && HasPixel(point, 1, 1, plan)) {
            const Scalar* above = x + start;
            const Scalar* below = above + stride;
            const Accumulator w0 = Weight(point, 0, 0), w1 = Weight(point, 0, 1);
            const Accumulator w2 = Weight(point, 1, 0), w3 = Weight(point, 1, 1);
            for (int c = first; c < end; c += threadStep) {
                const Accumulator upper = w0 * Accumulator(above[c]) + w1 * Accumulator(above[c + plan.channels]);
                to[c] = Scalar(upper + w2 * Accumulator(below[c]) + w3 * Accumulator(below[c + plan.channels]));
            }
            return;
        }
        for (int c = first; c < end; c += threadStep) {
            Accumulator sum = 0;
            for (int corner = 0; corner < 4; corner++) {
                const int down = corner / 2, right = corner % 2;
                if (!HasPixel(point, down, right, plan)) continue;
                sum += Weight(point, down, right) * Accumulator(x[start + down * stride + right * plan.channels + c]);
            }
            to[c] = Scalar(sum);
        }
    });
}

KERNEL GridSampleCells(const Accumulator* __restrict__ grid, int* heads, int* nexts, Int64 count, GridSamplePlan plan)
{
    const Int64 begin = (Int64)blockIdx.x * ElementsPerBlock;
    const Int64 end = Minimum(count, begin + ElementsPerBlock);
    for (Int64 index = begin + threadIdx.x; index < end; index += blockDim.x) {
        const Point point = PointOf(grid, index, plan);
        if (!point.isInside) continue;
        const Int64 picture = Quotient(index, plan.rows * plan.columns);
        const Int64 cell = (picture * (plan.height + 1) + point.row + 1) * (plan.width + 1) + point.column + 1;
        nexts[index] = AtomicExchange(heads + cell, int(index) + 1);
    }
}

// Sorts a list by bottom-up merge sort: merges neighbouring runs, doubling their length in each pass.
DEVICE int Ordered(int head, int* nexts)
{
    for (Int64 size = 1;; size *= 2) {
        int rest = head, tail = 0, merges = 0;
        head = 0;
        while (rest) {
            merges++;
            int left = rest, right = rest;
            Int64 leftCount = 0, rightCount = size;
            for (; leftCount < size && right; leftCount++) right = nexts[right - 1];
            while (leftCount > 0 || (rightCount > 0 && right)) {
                const bool isLeft = leftCount > 0 && (rightCount == 0 || !right || left < right);
                const int taken = isLeft ? left : right;
                if (isLeft) {
                    left = nexts[left - 1];
                    leftCount--;
                } else {
                    right = nexts[right - 1];
                    rightCount--;
                }
                if (tail) nexts[tail - 1] = taken;
                else head = taken;
                tail = taken;
            }
            rest = right;
        }
        nexts[tail - 1] = 0;
        if (merges == 1) return head;
    }
}

KERNEL GridSampleOrder(int* heads, int* nexts, Int64 cellCount)
{
    const Int64 begin = (Int64)blockIdx.x * ElementsPerBlock;
    const Int64 end = Minimum(cellCount, begin + ElementsPerBlock);
    for (Int64 cell = begin + threadIdx.x; cell < end; cell += blockDim.x) {
        const int head = heads[cell];
        if (head && nexts[head - 1]) heads[cell] = Ordered(head, nexts);
    }
}

// Channels of a pixel per thread: on the host device many, so that the lists are walked once for all of them.
constexpr int Width = WarpSize == 1 ? 256 : 1;

KERNEL GridSampleGradient(
    const Scalar* __restrict__ g, const Accumulator* __restrict__ grid, const int* __restrict__ heads,
    const int* __restrict__ nexts, Scalar* __restrict__ dx, RowTiling tiling, GridSamplePlan plan)
{
    ForEachRow(tiling, [=](Int64 row, int first, int end, int step) {
        const Int64 line = Quotient(row, plan.width);
        const int b = int(row - line * plan.width);
        const Int64 picture = Quotient(line, plan.height);
        const int a = int(line - picture * plan.height);
        const int* cells = heads + (picture * (plan.height + 1) + a) * (plan.width + 1) + b;  // first of the four
        for (int c = first; c < end; c += WarpSize == 1 ? Width : step) {
            const int count = Minimum(Width, end - c);
            Accumulator sum[Width];
            for (int k = 0; k < count; k++) sum[k] = 0;
            for (int corner = 0; corner < 4; corner++) {
                const int below = corner / 2, beside = corner % 2;
                for (int at = cells[below * (plan.width + 1) + beside]; at; at = nexts[at - 1]) {
                    const Point point = PointOf(grid, at - 1, plan);
                    const Accumulator weight = Weight(point, 1 - below, 1 - beside);
                    const Scalar* from = g + (Int64)(at - 1) * plan.channels + c;
                    for (int k = 0; k < count; k++) sum[k] += weight * Accumulator(from[k]);
                }
            }
            for (int k = 0; k < count; k++) dx[row * plan.channels + c + k] = Scalar(sum[k]);
        }
    });
}

KERNEL GridSampleGridGradient(
    const Scalar* __restrict__ x, const Accumulator* __restrict__ grid, const Scalar* __restrict__ g,
    Accumulator* __restrict__ dgrid, Int64 count, GridSamplePlan plan)
{
    const int lane = threadIdx.x % WarpSize;
    const Int64 index = (Int64)blockIdx.x * (blockDim.x / WarpSize) + threadIdx.x / WarpSize;
    if (index >= count) return;  // uniform across the warp, so that WarpSum below stays legal
    const Point point = PointOf(grid, index, plan);
    const Int64 picture = Quotient(index, plan.rows * plan.columns);
    Accumulator along = 0, across = 0;
    for (int corner = 0; point.isInside && corner < 4; corner++) {
        const int down = corner / 2, right = corner % 2;
        if (!HasPixel(point, down, right, plan)) continue;
        const Int64 pixel = (picture * plan.height + point.row + down) * plan.width + point.column + right;
        Accumulator product = 0;
        for (int c = lane; c < plan.channels; c += WarpSize) {
            product += Accumulator(x[pixel * plan.channels + c]) * Accumulator(g[index * plan.channels + c]);
        }
        along += product * (right ? 1 : -1) * (down ? point.down : 1 - point.down);
        across += product * (down ? 1 : -1) * (right ? point.right : 1 - point.right);
    }
    along = WarpSum(along);
    across = WarpSum(across);
    if (lane > 0) return;
    dgrid[2 * index] = along * Accumulator(plan.width) / 2;
    dgrid[2 * index + 1] = across * Accumulator(plan.height) / 2;
}
