// Upfirdn: upsamples by inserting zeros, applies an FIR filter, and keeps every down-th output, along one axis.
//   y[o,m,i] = gain sum over k of h[k] u[o, m down + k - before, i]
//   u[o, l up, i] = x[o,l,i], and u is 0 elsewhere; h is the filter reversed (a convolution), or as it is if isFlipped
//   (a correlation)
//
// Shapes   x: [O, L, I]; filter: [K]; y: [O, M, I]; contiguous
// Types    stored as Scalar, the filter as Tap, summed in Accumulator
// Launch   rows of I distributed by RowTiling, in packs where addresses allow; any block size
// Cost     K / up multiplications per element of y; reads x (rows that filters share come from cache), writes y
// Limits   L, M >= 1
// Source   Karras et al. 2020, Analyzing and Improving the Image Quality of StyleGAN: the resampling of its appendix
#include "Common/Prelude.cuh"
#include "Common/Rows.cuh"

struct UpfirdnPlan {
    int length;        // L
    int outputLength;  // M
    int tapCount;      // K
    int up, down;
    int before;        // zeros before the first sample, at the higher rate; negative to crop
    int isFlipped;
    float gain;
};

// The taps that fall on samples of x, for one row of y: one polyphase component of the filter.
struct Taps {
    const Tap* first;
    int step;
    int count;
};

// position / up, without a division at the common rates.
DEVICE int Samples(int position, int up)
{
    return up == 1 ? position : up == 2 ? position >> 1 : position / up;
}

// The samples under row m of y, from `start` on, and their taps.
struct Window {
    int start;
    Taps taps;
};

DEVICE Window WindowOf(const UpfirdnPlan& plan, const Tap* filter, int m)
{
    const int base = m * plan.down - plan.before;
    const int last = base + plan.tapCount - 1;
    const int start = base > 0 ? Samples(base + plan.up - 1, plan.up) : 0;
    const int stop = last >= 0 ? Minimum(plan.length, Samples(last, plan.up) + 1) : 0;
    const int tap = start * plan.up - base;
    return {start, plan.isFlipped ? Taps{filter + tap, plan.up, stop - start}
                                  : Taps{filter + (plan.tapCount - 1 - tap), -plan.up, stop - start}};
}

// Adds `count` taps times their samples to the sums of Width neighbouring columns; x points to the first sample.
template <int Width>
DEVICE void AddTaps(
    Accumulator (&sum)[Width], Taps taps, int first, int count, float gain, const Scalar* __restrict__ x, int inner)
{
#pragma unroll
    for (int j = first; j < first + count; j++) {
        const Accumulator weight = Accumulator(taps.first[j * taps.step]) * gain;
        const Pack<Width> pack = LoadPack<Width>(x + Int64(j) * inner);
        for (int c = 0; c < Width; c++) sum[c] += weight * Accumulator(pack.value[c]);
    }
}

// A device thread's pack of outputs. Common tap counts are constants, so that all loads are in flight at once.
template <int Width>
DEVICE void PackOf(Taps taps, float gain, const Scalar* __restrict__ x, Scalar* __restrict__ y, int inner)
{
    Accumulator sum[Width] = {};
    if (taps.count == 2) {
        AddTaps(sum, taps, 0, 2, gain, x, inner);
    } else if (taps.count == 4) {
        AddTaps(sum, taps, 0, 4, gain, x, inner);
    } else {
        int j = 0;
#pragma unroll 1
        for (; j + 4 <= taps.count; j += 4) AddTaps(sum, taps, j, 4, gain, x, inner);
#pragma unroll 1
        for (; j < taps.count; j++) AddTaps(sum, taps, j, 1, gain, x, inner);
    }
    Pack<Width> pack;
    for (int c = 0; c < Width; c++) pack.value[c] = Scalar(sum[c]);
    StorePack(y, pack);
}

// Sums Width neighbouring columns at a time in registers, from `first` on; returns the first column not processed.
template <int Width, typename WeightOf>
DEVICE int Columns(
    WeightOf weightOf, int count, const Scalar* x, Scalar* __restrict__ y, int inner, int first, int end)
{
    int i = first;
    for (; i + Width <= end; i += Width) {
        Accumulator sum[Width] = {};
#pragma GCC unroll 4
        for (int j = 0; j < count; j++) {
            const Accumulator weight = weightOf(j);
            const Scalar* from = x + i + Int64(j) * inner;
            for (int c = 0; c < Width; c++) sum[c] += weight * Accumulator(from[c]);
        }
        for (int c = 0; c < Width; c++) y[i + c] = Scalar(sum[c]);
    }
    return i;
}

template <typename WeightOf>
DEVICE void AllColumns(
    WeightOf weightOf, int count, const Scalar* x, Scalar* __restrict__ y, int inner, int first, int end)
{
    first = Columns<64>(weightOf, count, x, y, inner, first, end);
    first = Columns<32>(weightOf, count, x, y, inner, first, end);
    first = Columns<16>(weightOf, count, x, y, inner, first, end);
    first = Columns<8>(weightOf, count, x, y, inner, first, end);
    first = Columns<4>(weightOf, count, x, y, inner, first, end);
    Columns<1>(weightOf, count, x, y, inner, first, end);
}

// Rows of y with the same taps, equally spaced.
struct RowRun {
    int count;
    Int64 apart, samplesApart;  // elements from one row of y, and of x, to the next
};

// A run on the host device. Common tap counts are constants (Fixed = 0 stands for any other), with the weights in
// registers: rows of few columns, such as the channels of an image, take half the time.
template <int Fixed>
DEVICE void RunOf(
    Taps taps, float gain, const Scalar* x, Scalar* __restrict__ y, const RowRun& run, int inner, int first, int end)
{
    const auto weightOf = [=](int j) { return Accumulator(taps.first[j * taps.step]) * gain; };
    Accumulator weights[Fixed > 0 ? Fixed : 1];
    for (int j = 0; j < Fixed; j++) weights[j] = weightOf(j);
    for (int row = 0; row < run.count; row++) {
        const Scalar* from = x + row * run.samplesApart;
        Scalar* to = y + row * run.apart;
        if constexpr (Fixed > 0) {
            AllColumns([&](int j) { return weights[j]; }, Fixed, from, to, inner, first, end);
        } else {
            AllColumns(weightOf, taps.count, from, to, inner, first, end);
        }
    }
}

// The block's rows on the host device. Between the ends of x, rows `apart` apart have the same taps.
DEVICE void HostRows(
    const Scalar* __restrict__ x, const Tap* __restrict__ filter, Scalar* __restrict__ y, const RowTiling& tiling,
    const UpfirdnPlan& plan)
{
    const RowBlock block = RowBlockOf(tiling);
    const int inner = tiling.rowLength, apart = plan.down % plan.up == 0 ? 1 : plan.up;
    const Int64 samplesApart = Int64(apart) * plan.down / plan.up;
    const Int64 lastInside = Int64(plan.length) * plan.up - plan.tapCount + plan.before;  // down * m at most
    const int firstInside = Maximum(0, plan.before + plan.down - 1) / plan.down;
    const int endInside = lastInside < 0 ? 0 : int(Minimum(Int64(plan.outputLength), lastInside / plan.down + 1));
    for (int done = 0, count; done < block.rowCount; done += count) {
        const Int64 row = block.firstRow + done, outer = Quotient(row, plan.outputLength);
        const int m = int(row - outer * plan.outputLength);
        count = Minimum(block.rowCount - done, plan.outputLength - m);
        const auto sum = [&](int start, int rowCount) {
            const Window window = WindowOf(plan, filter, start);
            const Scalar* from = x + (outer * plan.length + window.start) * inner;
            Scalar* to = y + (outer * plan.outputLength + start) * inner;
            const RowRun run = {rowCount, Int64(apart) * inner, samplesApart * inner};
            const Taps taps = window.taps;
            if (taps.count == 2) RunOf<2>(taps, plan.gain, from, to, run, inner, block.first, block.end);
            else if (taps.count == 4) RunOf<4>(taps, plan.gain, from, to, run, inner, block.first, block.end);
            else RunOf<0>(taps, plan.gain, from, to, run, inner, block.first, block.end);
        };
        const int inside = Minimum(m + count, Maximum(m, firstInside));
        const int end = Minimum(m + count, Maximum(inside, endInside));
        for (int at = m; at < inside; at++) sum(at, 1);
        for (int at = inside; at < Minimum(end, inside + apart); at++) sum(at, (end - 1 - at) / apart + 1);
        for (int at = end; at < m + count; at++) sum(at, 1);
    }
}

KERNEL Upfirdn(
    const Scalar* __restrict__ x, const Tap* __restrict__ filter, Scalar* __restrict__ y, RowTiling tiling,
    UpfirdnPlan plan)
{
    if constexpr (WarpSize == 1) {
        HostRows(x, filter, y, tiling, plan);
    } else {
        ForEachRow(tiling, [=](Int64 row, int first, int end, int step) {
            const Int64 outer = Quotient(row, plan.outputLength);
            const Window window = WindowOf(plan, filter, int(row - outer * plan.outputLength));
            const int inner = tiling.rowLength;
            const Scalar* from = x + (outer * plan.length + window.start) * inner;
            Scalar* to = y + row * inner;
            if (tiling.packLength == 1) {
                for (int i = first; i < end; i += step) PackOf<1>(window.taps, plan.gain, from + i, to + i, inner);
            } else {
                constexpr int Width = PackLength<Scalar>;
                for (int i = first; i < end; i += step) {
                    PackOf<Width>(window.taps, plan.gain, from + i, to + i, inner);
                }
            }
        });
    }
}
