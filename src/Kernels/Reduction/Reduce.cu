// Reduce: sums, or maxima, along the middle axis.
//   y[o,s,i] = sum, or maximum, over the n of segment s of f(x[o,n,i])
//
// Shapes   x: [O, N, I]; y: [O, S, I], where segment s covers S-th parts of N, rounded up; contiguous
// Types    read as Input, written as Output, combined in Accumulator; a long sum is taken in two launches over segments
// Launch   rows (I = 1): one warp a row and segment; columns: one thread, or Columns elements of the host's
//          one, a column
// Cost     reads O*N*I: bound by memory
// Source   the order of the additions is fixed by the shape, so that the same input gives the same bits
#include "Common/Prelude.cuh"
#include "Common/Warp.cuh"
#include "Common/HostMaximum.cuh"

DEVICE Accumulator Sum(Accumulator total, Accumulator x) { return total + x; }
DEVICE Accumulator SumOfSquares(Accumulator total, Accumulator x) { return total + x * x; }
DEVICE Accumulator Maximal(Accumulator total, Accumulator x) { return total > x ? total : x; }
DEVICE Accumulator MaximalMagnitude(Accumulator total, Accumulator x) { return Maximal(total, x < 0 ? -x : x); }

DEVICE Accumulator Start() { return IsMaximum ? Accumulator(-Infinity()) : Accumulator(0); }

// One thread of the host device keeps a stretch of columns in registers; elsewhere a thread has one.
constexpr int Columns = WarpSize == 1 ? 64 : 1;

KERNEL ReduceRows(
    const Input* __restrict__ x, Output* __restrict__ y, Int64 rowCount, int length, int segmentLength,
    int segmentCount)
{
    const int lane = threadIdx.x % WarpSize;
    const Int64 index = (Int64)blockIdx.x * (blockDim.x / WarpSize) + threadIdx.x / WarpSize;
    if (index >= rowCount * segmentCount) return;  // a warp leaves as a whole
    const Input* row = x + index / segmentCount * length;
    const int first = int(index % segmentCount) * segmentLength;
    const int end = Minimum(length, first + segmentLength);

    if constexpr (WarpSize == 1 && IsMaximum) {
        y[index] = Output(HostMaximum(row + first, end - first, [](Input value) {
            return Operation(Start(), Accumulator(value));
        }));
        return;
    }
    Accumulator total = Start();
    for (int n = first + lane; n < end; n += WarpSize) total = Operation(total, Accumulator(row[n]));
    total = IsMaximum ? WarpMaximum(total) : WarpSum(total);
    if (lane == 0) y[index] = Output(total);
}

KERNEL ReduceColumns(
    const Input* __restrict__ x, Output* __restrict__ y, int outerCount, int length, int inner, int segmentLength,
    int segmentCount)
{
    const int tileCount = (inner + Columns * blockDim.x - 1) / (Columns * blockDim.x);
    const Int64 group = blockIdx.x / tileCount;
    if (group >= (Int64)outerCount * segmentCount) return;
    const int column = (int(blockIdx.x % tileCount) * blockDim.x + threadIdx.x) * Columns;
    if (column >= inner) return;  // no barrier follows
    const int first = int(group % segmentCount) * segmentLength;
    const int end = Minimum(length, first + segmentLength);
    const Input* source = x + group / segmentCount * (Int64)length * inner + column;
    Output* target = y + group * inner + column;

    Accumulator total[Columns];
    for (int c = 0; c < Columns; c++) total[c] = Start();
    if (column + Columns <= inner) {
        for (int n = first; n < end; n++) {
            for (int c = 0; c < Columns; c++) total[c] = Operation(total[c], Accumulator(source[(Int64)n * inner + c]));
        }
        for (int c = 0; c < Columns; c++) target[c] = Output(total[c]);
        return;
    }
    const int rest = inner - column;  // fewer than Columns: the host device's last stretch
    for (int n = first; n < end; n++) {
        for (int c = 0; c < rest; c++) total[c] = Operation(total[c], Accumulator(source[(Int64)n * inner + c]));
    }
    for (int c = 0; c < rest; c++) target[c] = Output(total[c]);
}
