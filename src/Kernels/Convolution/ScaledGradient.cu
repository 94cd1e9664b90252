// ScaledGradient: the backward pass of a convolution's epilogue, from its result y alone: a factor, noise, bias and an
// activation that is piecewise linear with its kink at 0. With no activation, the backward pass of a scale.
//   dz[r,c] = g[r,c] gain (y[r,c] > 0 ? 1 : slope) where y is not clamped, else 0
//   dx[r,c] = dz[r,c] factor[f,c]
//   sums[f,s,c] = sum of dz[r,c] over the rows r of segment s of frame f
//   products[f,s,c] = sum of dz[r,c] (z[r,c] - noise[r]) over the same rows, where z is the input of the activation and
//   dz z = g y
//
// Shapes   g, y, dx: [F*R, C]; factor: [F, C]; noise: [F*R]; sums, products: [F, S, C]; contiguous; factor and
//          noise may be null, sums where there is a factor, products where there is none
// Types    stored as Scalar; sums and products are Accumulator
// Launch   blocks of ColumnThreads threads, as in ColumnBlock.cuh, for some columns of one segment; on the host one
//          thread for all columns of a segment
// Cost     reads 2*F*R*C, writes F*R*C: memory-bound
// Source   ours
#include "Common/Prelude.cuh"      // KERNEL, Scalar, Accumulator
#include "Common/Block.cuh"        // SumOperator
#include "Common/ColumnBlock.cuh"  // ColumnPlan, ThreadColumnsOf, LoadColumns, ReduceRowLanes
#include "Common/HostRows.cuh"     // JoinedLength, RepeatRow

constexpr int Width = PackLength<Scalar>;

struct PiecewiseLinear {
    Accumulator slope, gain, limit;
};

struct Term {
    Accumulator dz, product;
};

DEVICE Term TermAt(Accumulator g, Accumulator y, Accumulator noise, const PiecewiseLinear& after)
{
    const bool isClamped = y >= after.limit || y <= -after.limit;
    const Accumulator dz = isClamped ? Accumulator(0) : g * (after.gain * (y > 0 ? Accumulator(1) : after.slope));
    return {dz, (isClamped ? Accumulator(0) : g * y) - dz * noise};
}

#if defined(GK_HOST)
// Neighbouring elements, each of which has its own accumulator of the sum, the product or both, and if HasFactor its
// own factor.
template <bool HasFactor, bool HasSum, bool HasProduct>
DEVICE void AddTerms(
    const Scalar* __restrict__ g, const Scalar* __restrict__ y, const Scalar* __restrict__ factor, Accumulator noise,
    Scalar* __restrict__ dx, Accumulator* __restrict__ sum, Accumulator* __restrict__ product, int count,
    const PiecewiseLinear after)
{
    for (int i = 0; i < count; i++) {
        const Term term = TermAt(Accumulator(g[i]), Accumulator(y[i]), noise, after);
        if constexpr (HasSum) sum[i] += term.dz;
        if constexpr (HasProduct) product[i] += term.product;
        dx[i] = Scalar(HasFactor ? term.dz * Accumulator(factor[i]) : term.dz);
    }
}

// Rows first ... end - 1; factor is the frame's, sum and product are the segment's. Short rows without noise are joined
// to longer ones, which the compiler vectorises.
template <bool HasFactor, bool HasSum, bool HasProduct>
DEVICE void AddRows(
    const Scalar* __restrict__ g, const Scalar* __restrict__ y, const Scalar* __restrict__ factor,
    const Scalar* __restrict__ noise, Scalar* __restrict__ dx, Accumulator* __restrict__ sum,
    Accumulator* __restrict__ product, Int64 first, Int64 end, int columnCount, const PiecewiseLinear& after)
{
    for (int c = 0; c < columnCount && HasSum; c++) sum[c] = 0;
    for (int c = 0; c < columnCount && HasProduct; c++) product[c] = 0;
    if (noise != nullptr || 2 * columnCount > JoinedLength) {
        for (Int64 row = first; row < end; row++) {
            const Int64 start = row * columnCount;
            const Accumulator rowNoise = noise == nullptr ? Accumulator(0) : Accumulator(noise[row]);
            AddTerms<HasFactor, HasSum, HasProduct>(
                g + start, y + start, factor, rowNoise, dx + start, sum, product, columnCount, after);
        }
        return;
    }
    const int rows = JoinedLength / columnCount, length = rows * columnCount;
    Scalar factors[JoinedLength];
    Accumulator ownSum[JoinedLength] = {}, ownProduct[JoinedLength] = {};
    if constexpr (HasFactor) RepeatRow(factor, columnCount, rows, factors);
    for (Int64 row = first; row < end; row += rows) {
        const Int64 start = row * columnCount;
        const int count = int(Minimum(Int64(rows), end - row)) * columnCount;
        AddTerms<HasFactor, HasSum, HasProduct>(
            g + start, y + start, factors, 0, dx + start, ownSum, ownProduct, count, after);
    }
    for (int i = 0; i < length; i++) {
        if (HasSum) sum[i % columnCount] += ownSum[i];
        if (HasProduct) product[i % columnCount] += ownProduct[i];
    }
}
#endif

#if !defined(GK_HOST)
struct ColumnSums {
    Accumulator sum[Width], product[Width];
};

// A thread's loads from one row.
struct RowColumns {
    Pack<Width> g, y;
    Accumulator noise;
};

template <bool isPacked>
DEVICE ColumnSums SumsOf(
    const Scalar* __restrict__ g, const Scalar* __restrict__ y, const Scalar* __restrict__ factor,
    const Scalar* __restrict__ noise, Scalar* __restrict__ dx, int rowCount, int columnCount, const ThreadColumns& own,
    const PiecewiseLinear& after)
{
    ColumnSums sums = {};
    if (own.count <= 0) return sums;
    Accumulator scale[Width];
    for (int c = 0; c < Width; c++) {
        scale[c] = factor == nullptr || c >= own.count ? Accumulator(1) : Accumulator(factor[own.first + c]);
    }
    const auto load = [=](int row) {
        const Int64 at = Int64(row) * columnCount + own.first;
        return RowColumns{
            LoadColumns<Width>(g + at, own.count, isPacked), LoadColumns<Width>(y + at, own.count, isPacked),
            noise == nullptr ? Accumulator(0) : Accumulator(noise[row])};
    };
    const auto use = [&](int row, const RowColumns& read) {
        Pack<Width> result;
        for (int c = 0; c < Width; c++) {
            const Term term = TermAt(Accumulator(read.g.value[c]), Accumulator(read.y.value[c]), read.noise, after);
            sums.sum[c] += term.dz;
            sums.product[c] += term.product;
            result.value[c] = Scalar(term.dz * scale[c]);
        }
        StoreColumns(dx + Int64(row) * columnCount + own.first, result, own.count, isPacked);
    };
    constexpr int Batch = 2;
    InBatches<Batch>(own.rowLane, rowCount, own.rowLaneCount, load, use);
    return sums;
}
#endif

KERNEL ScaledGradient(
    const Scalar* __restrict__ g, const Scalar* __restrict__ y, const Scalar* __restrict__ factor,
    const Scalar* __restrict__ noise, Scalar* __restrict__ dx, Accumulator* __restrict__ sums,
    Accumulator* __restrict__ products, int frameRows, int segmentCount, ColumnPlan plan, float slope, float gain,
    float limit)
{
    // The limit as it was stored, rounded to Scalar: clamped elements of y equal that.
    const PiecewiseLinear after = {slope, gain, limit == Infinity() ? limit : Accumulator(Scalar(limit))};
    const int columnCount = plan.columnCount;
    const Int64 part = WarpSize == 1 ? blockIdx.x : blockIdx.x / unsigned(plan.tileCount);  // frame and segment
    const Int64 frame = part / segmentCount;
    const int segmentRows = (frameRows + segmentCount - 1) / segmentCount;
    const int segment = int(part % segmentCount);
    const Int64 first = frame * frameRows + Minimum(frameRows, segment * segmentRows);
    const Int64 end = frame * frameRows + Minimum(frameRows, (segment + 1) * segmentRows);
    const Scalar* frameFactor = factor == nullptr ? nullptr : factor + frame * columnCount;
#if defined(GK_HOST)
    Accumulator* sum = sums == nullptr ? nullptr : sums + part * columnCount;
    Accumulator* product = products == nullptr ? nullptr : products + part * columnCount;
    if (sums == nullptr) {
        AddRows<true, false, true>(g, y, frameFactor, noise, dx, sum, product, first, end, columnCount, after);
    } else if (factor != nullptr) {
        AddRows<true, true, true>(g, y, frameFactor, noise, dx, sum, product, first, end, columnCount, after);
    } else if (products != nullptr) {
        AddRows<false, true, true>(g, y, frameFactor, noise, dx, sum, product, first, end, columnCount, after);
    } else {
        AddRows<false, true, false>(g, y, frameFactor, noise, dx, sum, product, first, end, columnCount, after);
    }
#else
    __shared__ Accumulator shared[Width * ColumnThreads];
    __shared__ Accumulator sharedProducts[Width * ColumnThreads];
    const ThreadColumns own = ThreadColumnsOf<Width>(plan);
    const Int64 start = first * columnCount;
    const Scalar* ownNoise = noise == nullptr ? nullptr : noise + first;
    const int rows = int(end - first);
    ColumnSums total = plan.isPacked
        ? SumsOf<true>(g + start, y + start, frameFactor, ownNoise, dx + start, rows, columnCount, own, after)
        : SumsOf<false>(g + start, y + start, frameFactor, ownNoise, dx + start, rows, columnCount, own, after);
    if (sums != nullptr) ReduceRowLanes<SumOperator>(total.sum, plan, shared);
    if (products != nullptr) ReduceRowLanes<SumOperator>(total.product, plan, sharedProducts);
    if (own.rowLane > 0) return;  // no barrier follows
    for (int c = 0; c < Width; c++) {
        if (c >= own.count) break;
        if (sums != nullptr) sums[part * columnCount + own.first + c] = total.sum[c];
        if (products != nullptr) products[part * columnCount + own.first + c] = total.product[c];
    }
#endif
}
