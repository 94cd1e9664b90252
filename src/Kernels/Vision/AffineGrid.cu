// AffineGrid: the sampling grid of an affine map: the position to which it maps each pixel of a picture.
//   y[n,i,j,k] = m[n,k,0] u + m[n,k,1] v + m[n,k,2], u = (2 j + 1) / J - 1, v = (2 i + 1) / I - 1
//
// Shapes   m: [N, 2, 3]; y: [N, I, J, 2], column and row, -1 and 1 at the edges of the picture; contiguous
// Types    stored as Scalar, computed in Accumulator
// Launch   rows of J pixels distributed by RowTiling; any block size
// Cost     writes 2*N*I*J: bound by memory
// Source   Jaderberg et al. 2015, Spatial Transformer Networks, section 3.2
#include "Common/Prelude.cuh"
#include "Common/Rows.cuh"

KERNEL AffineGrid(const Scalar* __restrict__ m, Scalar* __restrict__ y, RowTiling tiling, int rowCount)
{
    ForEachRow(tiling, [=](Int64 row, int first, int end, int step) {
        const Int64 picture = Quotient(row, rowCount);
        const Scalar* map = m + 6 * picture;
        const Accumulator v = Accumulator(2 * int(row - picture * rowCount) + 1) / Accumulator(rowCount) - 1;
        const Accumulator alongColumn = map[0], alongRow = map[3];
        const Accumulator column = Accumulator(map[1]) * v + Accumulator(map[2]);
        const Accumulator line = Accumulator(map[4]) * v + Accumulator(map[5]);
        Scalar* to = y + 2 * row * tiling.rowLength;
        for (int j = first; j < end; j += WarpSize == 1 ? 1 : step) {
            const Accumulator u = Accumulator(2 * j + 1) / Accumulator(tiling.rowLength) - 1;
            to[2 * j] = Scalar(alongColumn * u + column);
            to[2 * j + 1] = Scalar(alongRow * u + line);
        }
    });
}
