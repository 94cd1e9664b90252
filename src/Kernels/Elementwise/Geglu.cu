// Geglu: the first half of the channels, each times GELU of its partner in the second half.
//   y[n,c] = x[n,c] gelu(x[n,C + c]), gelu(z) = z Phi(z) with the normal distribution's Phi
// GegluGradient: dx[n,c] = dy[n,c] gelu(x[n,C + c]), dx[n,C + c] = dy[n,c] x[n,c] gelu'(x[n,C + c])
//
// Shapes   x, dx: [N, 2 C]; y, dy: [N, C]; contiguous
// Types    stored as Scalar, computed in Accumulator
// Launch   rows of C shared out by RowWalk; any block size
// Cost     reads 2*N*C, writes N*C; the gradient reads 3*N*C, writes 2*N*C: bound by memory
// Source   Shazeer 2020, GLU Variants Improve Transformer, equation 6
#include "Common/Prelude.cuh"
#include "Common/Normal.cuh"  // NormalAt
#include "Common/Rows.cuh"    // RowWalk, ForEachRow

KERNEL Geglu(const Scalar* __restrict__ x, Scalar* __restrict__ y, RowWalk walk)
{
    ForEachRow(walk, [=](Int64 row, int first, int end, int step) {
        const Scalar* value = x + row * 2 * walk.rowLength;
        const Scalar* gate = value + walk.rowLength;
        Scalar* target = y + row * walk.rowLength;
        const int threadStep = WarpSize == 1 ? 1 : step;
        for (int c = first; c < end; c += threadStep) {
            const Accumulator z = Accumulator(gate[c]);
            target[c] = Scalar(Accumulator(value[c]) * (z * NormalAt(z).integral));
        }
    });
}

KERNEL GegluGradient(
    const Scalar* __restrict__ x, const Scalar* __restrict__ dy, Scalar* __restrict__ dx, RowWalk walk)
{
    ForEachRow(walk, [=](Int64 row, int first, int end, int step) {
        const Scalar* value = x + row * 2 * walk.rowLength;
        const Scalar* gate = value + walk.rowLength;
        const Scalar* upstream = dy + row * walk.rowLength;
        Scalar* dValue = dx + row * 2 * walk.rowLength;
        Scalar* dGate = dValue + walk.rowLength;
        const int threadStep = WarpSize == 1 ? 1 : step;
        for (int c = first; c < end; c += threadStep) {
            const Accumulator z = Accumulator(gate[c]), g = Accumulator(upstream[c]);
            const Normal<Accumulator> normal = NormalAt(z);
            dValue[c] = Scalar(g * (z * normal.integral));
            dGate[c] = Scalar(g * Accumulator(value[c]) * (normal.integral + z * normal.density));
        }
    });
}
