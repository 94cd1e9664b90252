// ModulationEnergy: what demodulation needs to know about weights or styles, and a copy of them for the convolution.
//   energy[g,c] = sum over k of x[g,k,c]^2
//   largest[g] = maximum over k and c of |x[g,k,c]|
//   copy[g,k,c] = x[g,k,c] scale[g], where scale[g] = gain / (root largest[g]), or gain if root = 0
// and the gradient, for which dlargest[g] = 2 epsilon largest[g] sum over j of other[j]^2 sums[g,j]:
//   dx[g,k,c] = dcopy[g,k,c] scale[g] + 2 x[g,k,c] denergy[g,c] + sign(x[g,k,c]) dlargest[g] / ties[g],
//   the last only where |x[g,k,c]| = largest[g], which holds for ties[g] elements
//
// Shapes   x, copy, dx, dcopy: [G, K, C]; energy, denergy: [G, C]; largest: [G]; gain: one element, or null for 1;
//          other: [J]; sums: [G, J] with any strides; contiguous; copy may be null
// Types    x, dx, gain: Scalar; copy, dcopy: Target; the others Accumulator
// Launch   one block for each g, of ColumnThreads threads, exactly, or if K = 1 of up to MostThreads
// Cost     reads x, writes copy; the gradient reads x and dcopy, writes dx; second passes come from cache: bound by
//          memory
// Limits   K, C >= 1; K C < 2^31
// Source   Brooks et al. 2022, Generating Long Videos of Dynamic Scenes, appendix B; see Demodulation.cu
#include "Common/Prelude.cuh"      // KERNEL_OF, Scalar, Accumulator
#include "Common/Block.cuh"        // BlockSum, BlockMaximum, SumOperator
#include "Common/ColumnBlock.cuh"  // ColumnPlan, ThreadColumnsOf, AddRows, LoadColumns, StoreColumns, ReduceRowLanes
#include "Common/HostMaximum.cuh"

constexpr int Width = PackLength<Scalar>;
constexpr int Batch = 4;  // loads of a thread in flight
constexpr int MostThreads = 1024;

DEVICE Accumulator CopyScale(const Scalar* __restrict__ gain, float root, Accumulator largest)
{
    const Accumulator factor = gain == nullptr ? Accumulator(1) : Accumulator(*gain);
    return root > 0 ? factor / (root * largest) : factor;
}

// Calls use(i, count, pack) for the thread's packs of a block's `length` elements; count of a pack's are in use.
template <typename Element, typename Use>
DEVICE void ForEachPack(const Element* __restrict__ x, int length, bool isPacked, Use use)
{
    InBatches<Batch>(
        int(threadIdx.x) * Width, length, int(blockDim.x) * Width,
        [=](int i) { return LoadColumns<Width>(x + i, Minimum(Width, length - i), isPacked); },
        [&](int i, const Pack<Width, Element>& pack) { use(i, Minimum(Width, length - i), pack); });
}

// Writes the block's energy and returns the largest magnitude that the thread saw.
DEVICE Accumulator AddSquares(
    const Scalar* __restrict__ x, Accumulator* __restrict__ energy, int tapCount, const ColumnPlan& plan,
    Accumulator* shared)
{
    Accumulator largest = 0;
    if (tapCount == 1) {
        ForEachPack(x, plan.columnCount, plan.isPacked, [&](int i, int count, const Pack<Width>& pack) {
            for (int c = 0; c < Width; c++) {
                const Accumulator value = Accumulator(pack.value[c]);
                largest = Maximum(largest, Absolute(value));
                if (c < count) energy[i + c] = value * value;
            }
        });
        return largest;
    }
    // Where there are several tiles, each fills the block: no threads share columns, and ReduceRowLanes needs no
    // barrier.
    for (int tile = 0; tile < plan.tileCount; tile++) {
        const ThreadColumns own = ThreadColumnsOf<Width>(plan, tile);
        Accumulator total[Width] = {};
        if (own.count > 0) {
            AddRows<Width>(
                x + own.first, plan.columnCount, own.rowLane, tapCount, own.rowLaneCount, own.count,
                plan.isPacked, [&](const Pack<Width>& pack) {
                    for (int c = 0; c < Width; c++) {
                        const Accumulator value = Accumulator(pack.value[c]);
                        largest = Maximum(largest, Absolute(value));
                        total[c] += value * value;
                    }
                });
        }
        ReduceRowLanes<SumOperator>(total, plan, shared);
        if (own.rowLane == 0) {
            for (int c = 0; c < Width; c++) {
                if (c < own.count) energy[own.first + c] = total[c];
            }
        }
    }
    return largest;
}

// The same for the host's one thread, which sees all elements.
DEVICE Accumulator HostAddSquares(
    const Scalar* __restrict__ x, Accumulator* __restrict__ energy, int tapCount, int columnCount)
{
    for (int c = 0; c < columnCount; c++) energy[c] = 0;
    for (int tap = 0; tap < tapCount; tap++) {
        const Scalar* row = x + Int64(tap) * columnCount;
        for (int c = 0; c < columnCount; c++) energy[c] += Accumulator(row[c]) * Accumulator(row[c]);
    }
    return HostMaximum(x, tapCount * columnCount, [](Scalar value) { return Absolute(Accumulator(value)); });
}

KERNEL_OF(MostThreads) ModulationEnergy(
    const Scalar* __restrict__ x, const Scalar* __restrict__ gain, Accumulator* __restrict__ energy,
    Accumulator* __restrict__ largest, Target* __restrict__ copy, int tapCount, float root, ColumnPlan plan)
{
    const int length = tapCount * plan.columnCount;
    const Scalar* own = x + blockIdx.x * Int64(length);
    Accumulator* ownEnergy = energy + blockIdx.x * Int64(plan.columnCount);
    Accumulator magnitude;
    if constexpr (WarpSize == 1) {
        magnitude = HostAddSquares(own, ownEnergy, tapCount, plan.columnCount);
    } else {
        __shared__ Accumulator shared[Width * ColumnThreads];
        magnitude = BlockMaximum(AddSquares(own, ownEnergy, tapCount, plan, shared));
    }
    if (threadIdx.x == 0) largest[blockIdx.x] = magnitude;
    if (copy == nullptr) return;

    const Accumulator scale = CopyScale(gain, root, magnitude);
    Target* to = copy + blockIdx.x * Int64(length);
    if constexpr (WarpSize == 1) {
        for (int i = 0; i < length; i++) to[i] = Target(Accumulator(own[i]) * scale);
    } else {
        ForEachPack(own, length, plan.isPacked, [&](int i, int count, const Pack<Width>& pack) {
            Pack<Width, Target> scaled;
            for (int c = 0; c < Width; c++) scaled.value[c] = Target(Accumulator(pack.value[c]) * scale);
            StoreColumns(to + i, scaled, count, plan.isPacked);
        });
    }
}

// The gradient of a block's largest magnitude; every thread gets it.
DEVICE Accumulator LargestGradient(
    const Accumulator* __restrict__ other, const Accumulator* __restrict__ sums, int otherCount, Int64 stride,
    Accumulator factor)
{
    Accumulator total = 0;
    for (int j = threadIdx.x; j < otherCount; j += blockDim.x) total += other[j] * other[j] * sums[j * stride];
    return 2 * factor * BlockSum(total);
}

// The operands of a pack's gradient.
struct GradientTerms {
    Pack<Width> x;
    Pack<Width, Target> dcopy;
    Pack<Width, Accumulator> denergy;
};

template <bool isPacked, typename Gradient>
DEVICE void WriteGradients(
    const Scalar* __restrict__ x, const Target* __restrict__ dcopy, const Accumulator* __restrict__ denergy,
    Scalar* __restrict__ dx, int length, int columnCount, Gradient gradient)
{
    const auto load = [=](int i) {
        const int count = Minimum(Width, length - i), column = i % columnCount;
        GradientTerms terms = {
            LoadColumns<Width>(x + i, count, isPacked), LoadColumns<Width>(dcopy + i, count, isPacked), {}};
        if constexpr (isPacked) {
            terms.denergy = LoadPack<Width>(denergy + column);
        } else {
            for (int c = 0; c < Width; c++) {
                if (c < count) terms.denergy.value[c] = denergy[(column + c) % columnCount];
            }
        }
        return terms;
    };
    const auto use = [=](int i, const GradientTerms& terms) {
        Pack<Width> result;
        for (int c = 0; c < Width; c++) {
            result.value[c] = gradient(
                Accumulator(terms.x.value[c]), Accumulator(terms.dcopy.value[c]), terms.denergy.value[c]);
        }
        StoreColumns(dx + i, result, Minimum(Width, length - i), isPacked);
    };
    InBatches<Batch / 2>(int(threadIdx.x) * Width, length, int(blockDim.x) * Width, load, use);
}

KERNEL_OF(MostThreads) ModulationEnergyGradient(
    const Scalar* __restrict__ x, const Scalar* __restrict__ gain, const Target* __restrict__ dcopy,
    const Accumulator* __restrict__ denergy, const Accumulator* __restrict__ largest,
    const Accumulator* __restrict__ other, const Accumulator* __restrict__ sums, Scalar* __restrict__ dx, int tapCount,
    int otherCount, Int64 groupStride, Int64 otherStride, float epsilon, float root, ColumnPlan plan)
{
    const int columnCount = plan.columnCount, length = tapCount * columnCount;
    const Scalar* own = x + blockIdx.x * Int64(length);
    const Target* upstream = dcopy + blockIdx.x * Int64(length);
    const Accumulator* ownEnergy = denergy + blockIdx.x * Int64(columnCount);
    Scalar* to = dx + blockIdx.x * Int64(length);
    const Accumulator magnitude = largest[blockIdx.x];
    const Accumulator scale = CopyScale(gain, root, magnitude);
    const Accumulator ofLargest = LargestGradient(
        other, sums + blockIdx.x * groupStride, otherCount, otherStride, Accumulator(epsilon) * magnitude);

    Accumulator ties = 0;
    if constexpr (WarpSize == 1) {
        int count = 0;
        for (int i = 0; i < length; i++) count += Absolute(Accumulator(own[i])) == magnitude;
        ties = Accumulator(count);
    } else {
        ForEachPack(own, length, plan.isPacked, [&](int, int count, const Pack<Width>& pack) {
            for (int c = 0; c < Width; c++) {
                if (c < count && Absolute(Accumulator(pack.value[c])) == magnitude) ties += 1;
            }
        });
        ties = BlockSum(ties);
    }

    const auto gradient = [=, ofTie = ofLargest / ties](Accumulator value, Accumulator ofCopy, Accumulator ofSquare) {
        const Accumulator share = Absolute(value) == magnitude ? (value < 0 ? -ofTie : ofTie) : Accumulator(0);
        return Scalar(ofCopy * scale + 2 * value * ofSquare + share);
    };
    if constexpr (WarpSize == 1) {
        for (int tap = 0; tap < tapCount; tap++) {
            const Int64 start = Int64(tap) * columnCount;
            for (int c = 0; c < columnCount; c++) {
                to[start + c] = gradient(Accumulator(own[start + c]), Accumulator(upstream[start + c]), ownEnergy[c]);
            }
        }
    } else if (plan.isPacked) {
        WriteGradients<true>(own, upstream, ownEnergy, to, length, columnCount, gradient);
    } else {
        WriteGradients<false>(own, upstream, ownEnergy, to, length, columnCount, gradient);
    }
}
