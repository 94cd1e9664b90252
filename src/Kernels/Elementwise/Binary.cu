// Binary: two tensors, element by element, with broadcasting.
//   y[i] = f(a[i], b[i]), where an axis of size 1 of a or b is broadcast
//
// Shapes   y: [n0, n1, n2, n3, L], contiguous; a and b with the strides of the plan, 0 along an axis that is broadcast
// Types    stored as Scalar, computed in Accumulator
// Launch   rows of L distributed by RowTiling, in packs where addresses and strides allow; any block size
// Cost     reads what a and b hold, writes y: bound by memory
// Limits   at most five axes after neighbouring axes that broadcast alike are merged
#include "Common/Prelude.cuh"
#include "Common/Rows.cuh"

struct BroadcastPlan {
    int n1, n2, n3;         // sizes of the axes between the outermost and the row
    Int64 a0, a1, a2, a3;   // strides of a
    Int64 b0, b1, b2, b3;   // strides of b
    int aStep, bStep;       // 1, or 0 where the row is broadcast
    int rowLength, unused;  // L
};

DEVICE Accumulator Add(Accumulator a, Accumulator b) { return a + b; }
DEVICE Accumulator Subtract(Accumulator a, Accumulator b) { return a - b; }
DEVICE Accumulator Multiply(Accumulator a, Accumulator b) { return a * b; }
DEVICE Accumulator Divide(Accumulator a, Accumulator b) { return a / b; }
DEVICE Accumulator Equal(Accumulator a, Accumulator b) { return a == b ? Accumulator(1) : Accumulator(0); }

DEVICE Accumulator SignWhereMagnitude(Accumulator a, Accumulator b)
{
    return a == b ? Accumulator(1) : a == -b ? Accumulator(-1) : Accumulator(0);
}

// A pack of a row, or of the one number that is broadcast along it.
template <int Width, int Step> DEVICE Pack<Width> LoadOperand(const Scalar* row, int i)
{
    if constexpr (Step == 1) return LoadPack<Width>(row + i);
    Pack<Width> pack;
    Count<Width>::ForEach([&](int k) { pack.value[k] = *row; });
    return pack;
}

// The steps are template parameters so that the compiler vectorises each of the three loops.
template <int aStep, int bStep>
DEVICE void Rows(
    const Scalar* __restrict__ a, const Scalar* __restrict__ b, Scalar* __restrict__ y, const RowTiling& tiling,
    const BroadcastPlan& plan)
{
    ForEachRowPack<PackLength<Scalar>>(tiling, [=](Int64 row) {
        const Int64 above3 = Quotient(row, plan.n3), i3 = row - above3 * plan.n3;
        const Int64 above2 = Quotient(above3, plan.n2), i2 = above3 - above2 * plan.n2;
        const Int64 i0 = Quotient(above2, plan.n1), i1 = above2 - i0 * plan.n1;
        const Scalar* aRow = a + i0 * plan.a0 + i1 * plan.a1 + i2 * plan.a2 + i3 * plan.a3;
        const Scalar* bRow = b + i0 * plan.b0 + i1 * plan.b1 + i2 * plan.b2 + i3 * plan.b3;
        Scalar* yRow = y + row * tiling.rowLength;
        return [=](auto width, int i) {
            const Pack<width.Value> right = LoadOperand<width.Value, bStep>(bRow, i);
            Pack<width.Value> pack = LoadOperand<width.Value, aStep>(aRow, i);
            width.ForEach([&](int k) {
                pack.value[k] = Scalar(Operation(Accumulator(pack.value[k]), Accumulator(right.value[k])));
            });
            StorePack(yRow + i, pack);
        };
    });
}

KERNEL Binary(
    const Scalar* __restrict__ a, const Scalar* __restrict__ b, Scalar* __restrict__ y, RowTiling tiling,
    BroadcastPlan plan)
{
    if (plan.aStep && plan.bStep) Rows<1, 1>(a, b, y, tiling, plan);
    else if (plan.aStep) Rows<1, 0>(a, b, y, tiling, plan);
    else Rows<0, 1>(a, b, y, tiling, plan);
}
