// StridedCopy: copies elements between two strided views, with a border.
//   y[i] = x[start + step i] within x; outside it a constant, the nearest element of x, or the mirror image about the
//   outermost element of x
//
// Shapes   six axes on both sides, each with its own stride, start and step; see CopyPlan
// Types    any Scalar; nothing is computed
// Launch   rows of the innermost axis distributed by RowTiling, in packs if all rows are contiguous, lie within x along
//          their axis and begin at multiples of a pack on both sides; any block size
// Cost     reads at most n, writes n: bound by memory, and by whole cache lines where innermost strides are not 1
#include "Common/Prelude.cuh"
#include "Common/Rows.cuh"

constexpr int Axes = 6;
constexpr int Fill = 0, Replicate = 1, Reflect = 2;

struct CopyPlan {
    int size[Axes];           // of the copied region
    int start[Axes];          // index of the first element in x
    int step[Axes];           // between indices of x; negative to run backwards
    int limit[Axes];          // size of x
    Int64 sourceStride[Axes];
    Int64 targetStride[Axes];
};

// The position along an axis of x, or -1 outside it.
DEVICE int Position(int index, int start, int step, int limit)
{
    const int position = start + step * index;
    if (position >= 0 && position < limit) return position;
    if (Outside == Replicate) return position < 0 ? 0 : limit - 1;
    if (Outside == Reflect) return position < 0 ? -position : 2 * (limit - 1) - position;
    return -1;
}

KERNEL StridedCopy(const Scalar* __restrict__ x, Scalar* __restrict__ y, RowTiling tiling, CopyPlan plan, double fill)
{
    ForEachRow(tiling, [=](Int64 row, int first, int end, int step) {
        Int64 rest = row;
        Int64 source = 0;
        Int64 target = 0;
        bool inside = true;
        for (int axis = Axes - 2; axis >= 0; axis--) {
            const Int64 above = Quotient(rest, plan.size[axis]);
            const int index = int(rest - above * plan.size[axis]);
            rest = above;
            const int position = Position(index, plan.start[axis], plan.step[axis], plan.limit[axis]);
            inside = inside && position >= 0;
            source += position * plan.sourceStride[axis];
            target += index * plan.targetStride[axis];
        }

        const int last = Axes - 1;
        const Int64 sourceStep = plan.sourceStride[last];
        const Int64 targetStep = plan.targetStride[last];
        const bool isPlain = inside && plan.step[last] == 1 && plan.start[last] >= 0
            && plan.start[last] + plan.size[last] <= plan.limit[last];
        const int threadStep = WarpSize == 1 ? 1 : step;
        if (WarpSize > 1 && tiling.packLength > 1) {
            const Scalar* from = x + source + plan.start[last];
            for (int i = first; i < end; i += step) {
                Pack<PackLength<Scalar>> pack;
                for (int c = 0; c < PackLength<Scalar>; c++) pack.value[c] = Scalar(fill);
                if (inside) pack = LoadPack<PackLength<Scalar>>(from + i);
                StorePack(y + target + i, pack);
            }
            return;
        }
        if (isPlain && sourceStep == 1 && targetStep == 1) {
            const Scalar* from = x + source + plan.start[last];
            Scalar* to = y + target;
            for (int i = first; i < end; i += threadStep) to[i] = from[i];
            return;
        }
        for (int i = first; i < end; i += threadStep) {
            const int position = inside ? Position(i, plan.start[last], plan.step[last], plan.limit[last]) : -1;
            y[target + i * targetStep] = position >= 0 ? x[source + position * sourceStep] : Scalar(fill);
        }
    });
}
