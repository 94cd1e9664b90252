// ColorTransform: applies an affine map to the colour of every pixel, one map per sample.
//   y[n,p,c] = sum over d of m[n,c,d] x[n,p,d] + m[n,c,3], c and d from 0 to 2; linear: without the last term;
//   transposed: m[n,d,c] in place of m[n,c,d]
//
// Shapes   x, y: [N, P, 3]; m: [N, matrixSize / 4, 4], of which the first three rows are read; contiguous
// Types    stored as Scalar; m and sums in Accumulator
// Launch   rows of P pixels distributed by RowTiling; any block size
// Cost     reads and writes 3*N*P: bound by memory
// Source   Karras et al. 2020, Training Generative Adversarial Networks with Limited Data, appendix B
#include "Common/Prelude.cuh"
#include "Common/Rows.cuh"

KERNEL ColorTransform(
    const Scalar* __restrict__ x, const Accumulator* __restrict__ m, Scalar* __restrict__ y, RowTiling tiling,
    int matrixSize, int isLinear, int isTransposed)
{
    ForEachRow(tiling, [=](Int64 sample, int first, int end, int step) {
        const Accumulator* matrix = m + sample * matrixSize;
        const int down = isTransposed ? 1 : 4, right = isTransposed ? 4 : 1;
        const Accumulator rr = matrix[0], rg = matrix[right], rb = matrix[2 * right];
        const Accumulator gr = matrix[down], gg = matrix[down + right], gb = matrix[down + 2 * right];
        const Accumulator br = matrix[2 * down], bg = matrix[2 * down + right], bb = matrix[2 * (down + right)];
        const Accumulator r0 = isLinear ? 0 : matrix[3], g0 = isLinear ? 0 : matrix[7];
        const Accumulator b0 = isLinear ? 0 : matrix[11];
        const Scalar* from = x + 3 * sample * tiling.rowLength;
        Scalar* to = y + 3 * sample * tiling.rowLength;
        for (int p = first; p < end; p += WarpSize == 1 ? 1 : step) {
            const Accumulator red = from[3 * (Int64)p], green = from[3 * (Int64)p + 1], blue = from[3 * (Int64)p + 2];
            to[3 * (Int64)p] = Scalar(rr * red + rg * green + rb * blue + r0);
            to[3 * (Int64)p + 1] = Scalar(gr * red + gg * green + gb * blue + g0);
            to[3 * (Int64)p + 2] = Scalar(br * red + bg * green + bb * blue + b0);
        }
    });
}
