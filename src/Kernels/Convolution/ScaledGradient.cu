// ScaledGradient: back through what follows the sums of a convolution, of which its result y says enough: a factor,
// noise, bias and an activation of two straight parts that meet in 0. With no activation, back through a scale.
//   dz[r,c] = g[r,c] gain (y[r,c] > 0 ? 1 : slope) where y is not clamped, else 0
//   dx[r,c] = dz[r,c] factor[f,c]
//   sums[f,s,c] = sum of dz[r,c] over the rows r of segment s of frame f
//   products[f,s,c] = that of dz[r,c] (z[r,c] - noise[r]), where dz z = g y
//
// Shapes   g, y, dx: [F*R, C]; factor: [F, C]; noise: [F*R]; sums, products: [F, S, C]; contiguous; factor, noise and
//          sums may be null
// Types    stored as Scalar; sums and products are Accumulator
// Launch   Threads a block, exactly, for some columns of one segment; on the host one thread for all of its columns
// Cost     reads 2*F*R*C, writes F*R*C: bound by memory
// Source   ours
#include "Common/Prelude.cuh"  // KERNEL, Scalar, Accumulator

constexpr int Threads = 256;
constexpr int Columns = 32;  // of a block: neighbouring threads read neighbouring columns
constexpr int RowLanes = Threads / Columns;

struct Straight {
    Accumulator slope, gain, limit;
};

struct Term {
    Accumulator dz, product;
};

DEVICE Term TermAt(Accumulator g, Accumulator y, Accumulator noise, const Straight& after)
{
    const bool isClamped = y >= after.limit || y <= -after.limit;
    const Accumulator dz = isClamped ? Accumulator(0) : g * (after.gain * (y > 0 ? Accumulator(1) : after.slope));
    return {dz, (isClamped ? Accumulator(0) : g * y) - dz * noise};
}

#if defined(GK_HOST)
// Rows first ... end - 1, one after the other; factor, sum and product are the frame's.
DEVICE void AddRows(
    const Scalar* __restrict__ g, const Scalar* __restrict__ y, const Scalar* __restrict__ factor,
    const Scalar* __restrict__ noise, Scalar* __restrict__ dx, Accumulator* __restrict__ sum,
    Accumulator* __restrict__ product, Int64 first, Int64 end, int columnCount, const Straight& after)
{
    for (int c = 0; c < columnCount; c++) product[c] = 0;
    for (int c = 0; c < columnCount && sum != nullptr; c++) sum[c] = 0;
    for (Int64 row = first; row < end; row++) {
        const Int64 start = row * columnCount;
        const Accumulator rowNoise = noise == nullptr ? Accumulator(0) : Accumulator(noise[row]);
        for (int c = 0; c < columnCount; c++) {
            const Term term = TermAt(Accumulator(g[start + c]), Accumulator(y[start + c]), rowNoise, after);
            product[c] += term.product;
            if (sum != nullptr) sum[c] += term.dz;
            dx[start + c] = Scalar(factor == nullptr ? term.dz : term.dz * Accumulator(factor[c]));
        }
    }
}
#endif

KERNEL ScaledGradient(
    const Scalar* __restrict__ g, const Scalar* __restrict__ y, const Scalar* __restrict__ factor,
    const Scalar* __restrict__ noise, Scalar* __restrict__ dx, Accumulator* __restrict__ sums,
    Accumulator* __restrict__ products, int frameRows, int columnCount, int segmentCount, float slope, float gain,
    float limit)
{
    // The bound that was stored, not the one that was meant.
    const Straight after = {slope, gain, limit == Infinity() ? limit : Accumulator(Scalar(limit))};
    const int chunks = WarpSize == 1 ? 1 : (columnCount + Columns - 1) / Columns;
    const Int64 part = blockIdx.x / chunks;  // frame and segment
    const Int64 frame = part / segmentCount;
    const int segmentRows = (frameRows + segmentCount - 1) / segmentCount;
    const int segment = int(part % segmentCount);
    const Int64 first = frame * frameRows + Minimum(frameRows, segment * segmentRows);
    const Int64 end = frame * frameRows + Minimum(frameRows, (segment + 1) * segmentRows);
    const Scalar* frameFactor = factor == nullptr ? nullptr : factor + frame * columnCount;
#if defined(GK_HOST)
    AddRows(
        g, y, frameFactor, noise, dx, sums == nullptr ? nullptr : sums + part * columnCount,
        products + part * columnCount, first, end, columnCount, after);
#else
    // One column more than needed, so that a warp's writes of a line meet different banks.
    __shared__ Accumulator laneSums[RowLanes][Columns + 1];
    __shared__ Accumulator laneProducts[RowLanes][Columns + 1];
    const int lane = int(threadIdx.x) / Columns, place = int(threadIdx.x) % Columns;
    const int column = int(blockIdx.x % chunks) * Columns + place;
    Accumulator sum = 0, product = 0;
    if (column < columnCount) {
        const Accumulator scale = frameFactor == nullptr ? Accumulator(1) : Accumulator(frameFactor[column]);
        for (Int64 row = first + lane; row < end; row += RowLanes) {
            const Int64 at = row * columnCount + column;
            const Accumulator rowNoise = noise == nullptr ? Accumulator(0) : Accumulator(noise[row]);
            const Term term = TermAt(Accumulator(g[at]), Accumulator(y[at]), rowNoise, after);
            sum += term.dz;
            product += term.product;
            dx[at] = Scalar(term.dz * scale);
        }
    }
    laneSums[lane][place] = sum;
    laneProducts[lane][place] = product;
    __syncthreads();  // the sums of all lanes | the first lane adds them
    if (lane > 0 || column >= columnCount) return;  // no barrier follows
    for (int other = 1; other < RowLanes; other++) {
        sum += laneSums[other][place];
        product += laneProducts[other][place];
    }
    if (sums != nullptr) sums[part * columnCount + column] = sum;
    products[part * columnCount + column] = product;
#endif
}
