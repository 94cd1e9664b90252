// Reduce: sums or maxima along the middle axis.
//   y[o,s,i] = sum, or maximum, of f(x[o,n,i]) over the n of segment s; a NaN among them gives a NaN
//
// Shapes   x: [O, N, I]; y: [O, S, I], a segment being N / S of the axis, rounded up; contiguous
// Types    read as Input, written as Output, combined in Accumulator; a long axis is reduced in two launches, the first
//          to one result per segment
// Launch   rows (I = 1): one warp per row and segment; columns: blocks of ColumnThreads threads, each for some columns
//          of a segment, laid out by ColumnBlock; isPacked if all rows and segments begin at multiples of 16 bytes
// Cost     reads O*N*I: bound by memory
// Source   the shape alone fixes the order of the additions, so that the same input gives the same bits
#include "Common/Prelude.cuh"
#include "Common/Block.cuh"        // SumOperator, MaximumOperator, WarpSum, WarpMaximum
#include "Common/ColumnBlock.cuh"  // ColumnPlan, ThreadColumnsOf, LoadColumns, ReduceRowLanes
#include "Common/HostMaximum.cuh"

DEVICE Accumulator Sum(Accumulator total, Accumulator x) { return total + x; }
DEVICE Accumulator SumOfSquares(Accumulator total, Accumulator x) { return total + x * x; }
DEVICE Accumulator Maximal(Accumulator total, Accumulator x) { return Maximum(total, x); }
DEVICE Accumulator MaximalMagnitude(Accumulator total, Accumulator x) { return Maximal(total, x < 0 ? -x : x); }

DEVICE Accumulator Start() { return IsMaximum ? Accumulator(-Infinity()) : Accumulator(0); }

// How partial results are combined, and the elements of a lane's load.
template <bool isMaximum> struct OperatorOf { using Type = SumOperator; };
template <> struct OperatorOf<true> { using Type = MaximumOperator; };
using Operator = OperatorOf<IsMaximum != 0>::Type;
constexpr int Width = PackLength<Input>;

// The elements of a lane do not depend on isPacked, and neither does the order of the additions.
KERNEL ReduceRows(
    const Input* __restrict__ x, Output* __restrict__ y, Int64 rowCount, int length, int segmentLength,
    int segmentCount, int isPacked)
{
    const int lane = threadIdx.x % WarpSize;
    const Int64 index = (Int64)blockIdx.x * (blockDim.x / WarpSize) + threadIdx.x / WarpSize;
    if (index >= rowCount * segmentCount) return;  // uniform across the warp
    const Input* row = x + index / segmentCount * length;
    const int first = int(index % segmentCount) * segmentLength;
    const int end = first + Minimum(segmentLength, length - first);  // in this order, as the sum may pass 2^31

    Accumulator total = Start();
    if constexpr (WarpSize == 1 && IsMaximum) {
        y[index] = Output(HostMaximum(row + first, end - first, [](Input value) {
            return Operation(Start(), Accumulator(value));
        }));
        return;
    } else if constexpr (WarpSize == 1) {
        for (int n = first; n < end; n++) total = Operation(total, Accumulator(row[n]));
    } else {
        // One accumulator per element of a pack: independent dependency chains.
        Accumulator totals[Width];
        for (int c = 0; c < Width; c++) totals[c] = Start();
        const int count = Maximum(0, end - first), packCount = count / Width;
        const Input* from = row + first;
        AddRows<Width>(from, Width, lane, packCount, WarpSize, Width, isPacked, [&](const Pack<Width, Input>& pack) {
            for (int c = 0; c < Width; c++) totals[c] = Operation(totals[c], Accumulator(pack.value[c]));
        });
        for (int c = 0; c < Width; c++) {
            const bool isRest = lane == packCount % WarpSize && packCount * Width + c < count;
            if (isRest) totals[c] = Operation(totals[c], Accumulator(from[packCount * Width + c]));
            total = Operator::Apply(total, totals[c]);
        }
        total = Operator::Warp(total);
    }
    if (lane == 0) y[index] = Output(total);
}

// The host's one thread keeps the sums of this many columns in registers.
constexpr int HostColumns = 64;

DEVICE void HostReduceColumns(
    const Input* __restrict__ x, Output* __restrict__ y, int length, int inner, int segmentLength, int segmentCount)
{
    const int tileCount = (inner + HostColumns - 1) / HostColumns;
    const Int64 group = blockIdx.x / tileCount;
    const int column = int(blockIdx.x % tileCount) * HostColumns;
    const int first = int(group % segmentCount) * segmentLength;
    const int end = Minimum(length, first + segmentLength);
    const Input* source = x + group / segmentCount * (Int64)length * inner + column;
    Output* target = y + group * inner + column;

    Accumulator total[HostColumns];
    for (int c = 0; c < HostColumns; c++) total[c] = Start();
    if (column + HostColumns <= inner) {
        for (int n = first; n < end; n++) {
            for (int c = 0; c < HostColumns; c++) {
                total[c] = Operation(total[c], Accumulator(source[(Int64)n * inner + c]));
            }
        }
        for (int c = 0; c < HostColumns; c++) target[c] = Output(total[c]);
        return;
    }
    const int rest = inner - column;
    for (int n = first; n < end; n++) {
        for (int c = 0; c < rest; c++) total[c] = Operation(total[c], Accumulator(source[(Int64)n * inner + c]));
    }
    for (int c = 0; c < rest; c++) target[c] = Output(total[c]);
}

KERNEL ReduceColumns(
    const Input* __restrict__ x, Output* __restrict__ y, int length, int inner, int segmentLength, int segmentCount,
    ColumnPlan plan)
{
    if constexpr (WarpSize == 1) {
        HostReduceColumns(x, y, length, inner, segmentLength, segmentCount);
    } else {
        __shared__ Accumulator shared[Width * ColumnThreads];
        const ThreadColumns own = ThreadColumnsOf<Width>(plan);
        const Int64 group = blockIdx.x / unsigned(plan.tileCount);
        const Int64 outer = group / segmentCount;
        const int first = int(group - outer * segmentCount) * segmentLength;
        const int end = Minimum(length, first + segmentLength);
        const Input* source = x + outer * length * inner + own.first;

        Accumulator total[Width];
        for (int c = 0; c < Width; c++) total[c] = Start();
        if (own.count > 0) {
            AddRows<Width>(
                source, inner, first + own.rowLane, end, own.rowLaneCount, own.count, plan.isPacked,
                [&](Pack<Width, Input> pack) {
                    for (int c = 0; c < Width; c++) total[c] = Operation(total[c], Accumulator(pack.value[c]));
                });
        }
        ReduceRowLanes<Operator>(total, plan, shared);
        if (own.rowLane > 0) return;  // no barrier follows
        Output* target = y + group * inner + own.first;
        for (int c = 0; c < Width; c++) {
            if (c < own.count) target[c] = Output(total[c]);
        }
    }
}
