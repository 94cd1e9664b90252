// Interpolate: resizes pictures, separably along both axes; or the adjoint of that.
//   y[n,i,j,c] = sum over a, b of R[i,a] S[j,b] x[n,a,b,c], with the weights R of rows and S of columns. Along an axis
//   resized from A elements to B, with s = A / B, output o lies at
//     HalfPixel p = s (o + 1/2) - 1/2;  Corners p = o (A - 1) / (B - 1);  FirstPixel p = s o
//   and its weights, with indices beyond an edge clamped to the edge, are
//     Nearest   1 at floor(s o)
//     Bilinear  1 - f and f at floor(p) and after, f = p - floor(p), p at least 0
//     Bicubic   Keys' kernel with a = -3/4 at floor(p) - 1 ... floor(p) + 2
//     Area      1 / count at floor(s o) ... ceil(s (o + 1)) - 1
//   The adjoint has R and S transposed.
// InterpolateWeights: R and S as banded matrices: of each row the span from its first to its last nonzero weight
//
// Shapes   x: [N, H, W, C]; y: [N, I, J, C]; spans: [I + J, 2], first element and count; weights: [I, K] followed by
//          [J, L], K and L the largest count of a row; contiguous
// Types    stored as Scalar; weights, positions and sums in Accumulator
// Launch   Interpolate: rows of J*C distributed by RowTiling; InterpolateWeights: one thread per row of R or S; any
//          block size
// Cost     reads N*H*W*C, writes N*I*J*C: bound by memory. Elements of x are read once per weight, from cache
// Limits   H, W, I, J >= 1; no antialiasing filter for downsampling: Bilinear and Bicubic then skip elements
// Source   Keys 1981, Cubic convolution interpolation for digital image processing
#include "Common/Prelude.cuh"
#include "Common/Rows.cuh"

constexpr int Nearest = 0, Bilinear = 1, Bicubic = 2;  // and Area; as InterpolateKind
constexpr int HalfPixel = 0, Corners = 1;              // and FirstPixel; as InterpolateGrid
constexpr int MostTaps = 4;

struct InterpolateAxis {
    int before, after;  // A, B
    int kind, grid;
    int isAdjoint;
    int width;          // room for the weights of a row
};

struct InterpolatePlan {
    int height, width, channels;  // H, W, C
    int rows, columns;            // I, J
    int rowTaps, columnTaps;      // K, L
};

struct Taps {
    int first, count;              // before clamping to the edges
    Accumulator weight[MostTaps];  // for Area the first is that of all taps
};

DEVICE Accumulator Position(const InterpolateAxis& axis, int output)
{
    if (axis.grid == Corners) {
        const Accumulator step = axis.after > 1 ? Accumulator(axis.before - 1) / Accumulator(axis.after - 1) : 0;
        return step * Accumulator(output);
    }
    const Accumulator step = Accumulator(axis.before) / Accumulator(axis.after);
    if (axis.grid == HalfPixel) return step * (Accumulator(output) + Accumulator(0.5)) - Accumulator(0.5);
    return step * Accumulator(output);
}

// Keys' kernel at distances in [0, 1] (NearWeight) and in [1, 2] (FarWeight).
DEVICE Accumulator NearWeight(Accumulator x)
{
    return (Accumulator(1.25) * x - Accumulator(2.25)) * x * x + Accumulator(1);
}

DEVICE Accumulator FarWeight(Accumulator x)
{
    const Accumulator a = Accumulator(-0.75);
    return ((a * x - 5 * a) * x + 8 * a) * x - 4 * a;
}

DEVICE Taps TapsOf(const InterpolateAxis& axis, int output)
{
    const Int64 scaled = (Int64)output * axis.before;
    if (axis.kind == Nearest) return {int(scaled / axis.after), 1, {1, 0, 0, 0}};
    if (axis.kind == Bilinear) {
        const Accumulator position = Maximum(Accumulator(0), Position(axis, output));
        const int first = Minimum(int(position), axis.before - 1);
        const Accumulator weight = position - Accumulator(first);
        return {first, 2, {1 - weight, weight, 0, 0}};
    }
    if (axis.kind == Bicubic) {
        const Accumulator position = Position(axis, output);
        const Accumulator whole = Floor(position);
        const Accumulator part = position - whole;
        return {int(whole) - 1, 4, {FarWeight(1 + part), NearWeight(part), NearWeight(1 - part), FarWeight(2 - part)}};
    }
    const int first = int(scaled / axis.after);
    const int count = int((scaled + axis.before + axis.after - 1) / axis.after) - first;
    return {first, count, {Accumulator(1) / Accumulator(count), 0, 0, 0}};
}

DEVICE int Clamp(int element, const InterpolateAxis& axis) { return Minimum(Maximum(element, 0), axis.before - 1); }

DEVICE int First(const Taps& taps, const InterpolateAxis& axis) { return Clamp(taps.first, axis); }

DEVICE int Last(const Taps& taps, const InterpolateAxis& axis) { return Clamp(taps.first + taps.count - 1, axis); }

// The weight of an element between First and Last; taps clamped to the same element add up.
DEVICE Accumulator WeightAt(const Taps& taps, const InterpolateAxis& axis, int element)
{
    if (axis.kind > Bicubic) return taps.weight[0];  // Area
    Accumulator sum = 0;
    for (int tap = 0; tap < taps.count; tap++) sum += Clamp(taps.first + tap, axis) == element ? taps.weight[tap] : 0;
    return sum;
}

// The outputs in which an element has a weight are contiguous, because positions never decrease. Returns the first
// output whose last element is not before `element`, or the number of outputs if there is none.
DEVICE int FirstOutput(const InterpolateAxis& axis, int element)
{
    int low = 0, high = axis.after;
    while (low < high) {
        const int middle = low + (high - low) / 2;
        if (Last(TapsOf(axis, middle), axis) < element) low = middle + 1;
        else high = middle;
    }
    return low;
}

DEVICE void WriteRow(const InterpolateAxis& axis, int row, int* span, Accumulator* weights)
{
    if (!axis.isAdjoint) {
        const Taps taps = TapsOf(axis, row);
        const int first = First(taps, axis);
        const int count = Last(taps, axis) - first + 1;
        for (int k = 0; k < count; k++) weights[k] = WeightAt(taps, axis, first + k);
        span[0] = first;
        span[1] = count;
        return;
    }
    const int first = FirstOutput(axis, row);
    int count = 0;
    for (; count < axis.width && first + count < axis.after; count++) {
        const Taps taps = TapsOf(axis, first + count);
        if (row < First(taps, axis) || row > Last(taps, axis)) break;
        weights[count] = WeightAt(taps, axis, row);
    }
    span[0] = first;
    span[1] = count;
}

KERNEL InterpolateWeights(int* spans, Accumulator* weights, InterpolateAxis rows, InterpolateAxis columns)
{
    const int rowCount = rows.isAdjoint ? rows.before : rows.after;
    const int columnCount = columns.isAdjoint ? columns.before : columns.after;
    const int begin = blockIdx.x * ElementsPerBlock;
    const int end = Minimum(rowCount + columnCount, begin + ElementsPerBlock);
    for (int index = begin + int(threadIdx.x); index < end; index += blockDim.x) {
        const int column = index - rowCount;
        if (column < 0) WriteRow(rows, index, spans + 2 * index, weights + index * rows.width);
        else WriteRow(columns, column, spans + 2 * index, weights + rowCount * rows.width + column * columns.width);
    }
}

struct Matrix {
    const int* spans;
    const Accumulator* weights;
    int width;
};

struct Band {
    int first, count;
    const Accumulator* weight;
};

DEVICE Band BandOf(const Matrix& matrix, int row)
{
    return {matrix.spans[2 * row], matrix.spans[2 * row + 1], matrix.weights + (Int64)row * matrix.width};
}

// The host device first mixes rows, into a buffer of this many Accumulators that stays in the L1 cache, then columns.
constexpr int Stretch = WarpSize == 1 ? 8192 : 1;
constexpr int Group = 4;  // taps per iteration, so that sums are loaded and stored less often

template <int Count, bool IsFirst, typename From, typename To>
DEVICE void AddTaps(const From* from, Int64 stride, const Accumulator* weights, To* to, int count)
{
    const From* tap[Count];
    Accumulator weight[Count];
    for (int t = 0; t < Count; t++) {
        tap[t] = from + t * stride;
        weight[t] = weights[t];
    }
    for (int k = 0; k < count; k++) {
        Accumulator sum = IsFirst ? Accumulator(0) : Accumulator(to[k]);
        for (int t = 0; t < Count; t++) sum += weight[t] * Accumulator(tap[t][k]);
        to[k] = To(sum);
    }
}

// to[k] = sum over t of weight[t] from[t stride + k]
template <typename From> DEVICE void Mix(const From* from, Int64 stride, const Band& band, Accumulator* to, int count)
{
    for (int k = 0; k < count && band.count == 0; k++) to[k] = 0;
    for (int tap = 0; tap < band.count;) {
        const From* next = from + tap * stride;
        const Accumulator* weight = band.weight + tap;
        const int left = band.count - tap;
        if (tap == 0) {
            if (left == 1) AddTaps<1, true>(next, stride, weight, to, count);
            else if (left == 2) AddTaps<2, true>(next, stride, weight, to, count);
            else if (left == 3) AddTaps<3, true>(next, stride, weight, to, count);
            else AddTaps<Group, true>(next, stride, weight, to, count);
        } else {
            if (left == 1) AddTaps<1, false>(next, stride, weight, to, count);
            else if (left == 2) AddTaps<2, false>(next, stride, weight, to, count);
            else if (left == 3) AddTaps<3, false>(next, stride, weight, to, count);
            else AddTaps<Group, false>(next, stride, weight, to, count);
        }
        tap += Minimum(left, Group);
    }
}

// `count` channels of one pixel, mixed from columns that lie `stride` apart.
template <typename From>
DEVICE void MixPixel(const From* from, Int64 stride, const Band& band, Scalar* to, int count)
{
    if (band.count == 1) AddTaps<1, true>(from, stride, band.weight, to, count);
    else if (band.count == 2) AddTaps<2, true>(from, stride, band.weight, to, count);
    else if (band.count == Group) AddTaps<Group, true>(from, stride, band.weight, to, count);
    else {
        constexpr int Width = WarpSize == 1 ? 256 : 1;
        Accumulator sum[Width];
        for (int done = 0; done < count; done += Width) {
            const int part = Minimum(Width, count - done);
            Mix(from + done, stride, band, sum, part);
            for (int k = 0; k < part; k++) to[done + k] = Scalar(sum[k]);
        }
    }
}

template <int Channels>
DEVICE void AddColumns(const Accumulator* from, const Accumulator* weight, int count, Accumulator (&sum)[Channels])
{
    for (int b = 0; b < count; b++) {
        for (int c = 0; c < Channels; c++) sum[c] += weight[b] * from[b * Channels + c];
    }
}

// Whole pixels of few channels, whose number is a compile-time constant.
template <int Channels>
DEVICE void MixPixels(const Accumulator* mixed, int start, const Matrix& columns, int first, int end, Scalar* to)
{
    for (int j = first; j < end; j++) {
        const Band band = BandOf(columns, j);
        const Accumulator* from = mixed + (band.first - start) * Channels;
        Accumulator sum[Channels] = {};
        // Most pixels have two or four taps: loops with a constant trip count take two thirds of the time.
        if (band.count == 2) AddColumns<Channels>(from, band.weight, 2, sum);
        else if (band.count == Group) AddColumns<Channels>(from, band.weight, Group, sum);
        else AddColumns<Channels>(from, band.weight, band.count, sum);
        for (int c = 0; c < Channels; c++) to[(Int64)j * Channels + c] = Scalar(sum[c]);
    }
}

// Elements `first` to `end` (exclusive) of a row of y, from the mixed rows of columns `start` onwards.
DEVICE void MixColumns(
    const Accumulator* mixed, int start, const Matrix& columns, int channels, int first, int end, Scalar* to)
{
    int j = first / channels, last = end / channels;
    const int channel = first - j * channels;
    if (channels <= 4 && channel > 0) {
        const Band band = BandOf(columns, j++);
        const int count = Minimum(channels - channel, end - first);
        MixPixel(mixed + (band.first - start) * channels + channel, channels, band, to + first, count);
        first += count;
    }
    if (channels == 1) MixPixels<1>(mixed, start, columns, j, last, to);
    if (channels == 2) MixPixels<2>(mixed, start, columns, j, last, to);
    if (channels == 3) MixPixels<3>(mixed, start, columns, j, last, to);
    if (channels == 4) MixPixels<4>(mixed, start, columns, j, last, to);
    for (int at = channels <= 4 ? Maximum(first, last * channels) : first; at < end;) {
        const Band band = BandOf(columns, at / channels);
        const int begin = at % channels;
        const int count = Minimum(channels - begin, end - at);
        MixPixel(mixed + (band.first - start) * channels + begin, channels, band, to + at, count);
        at += count;
    }
}

// Channels of one pixel whose columns are too many, or too wide, for the buffer of mixed rows.
DEVICE void MixAlone(
    const Scalar* from, Int64 stride, int channels, const Band& rows, const Band& band, Scalar* to, int count)
{
    constexpr int Width = 256;
    Accumulator row[WarpSize == 1 ? Width : 1], sum[WarpSize == 1 ? Width : 1];
    for (int done = 0; done < count; done += Width) {
        const int part = Minimum(Width, count - done);
        for (int k = 0; k < part; k++) sum[k] = 0;
        for (int a = 0; a < rows.count; a++) {
            Mix(from + a * stride + done, channels, band, row, part);
            for (int k = 0; k < part; k++) sum[k] += rows.weight[a] * row[k];
        }
        for (int k = 0; k < part; k++) to[done + k] = Scalar(sum[k]);
    }
}

// Elements `first` to `end` (exclusive) of a row of y.
DEVICE void MixOnHost(
    const Scalar* picture, const InterpolatePlan& plan, const Band& rows, const Matrix& columns, int first, int end,
    Scalar* to)
{
    Accumulator mixed[Stretch];
    const int channels = plan.channels;
    const Int64 stride = (Int64)plan.width * channels;
    const Scalar* from = picture + rows.first * stride;
    const bool isOneRow = rows.count == 1 && rows.weight[0] == 1 && channels >= 16;
    const Int64 room = Maximum(1, Stretch / channels - 8);  // columns that fit, less a margin for rounding
    const int pixels = int(Minimum(Maximum(room * plan.columns / plan.width, Int64(1)), Int64(ElementsPerBlock)));
    while (first < end) {
        const int j = first / channels;
        const Band band = BandOf(columns, j);
        const int channel = first - j * channels;
        const int rest = Minimum(channels - channel, end - first);
        const int last = Minimum(j + pixels, (end + channels - 1) / channels);
        const Band lastBand = BandOf(columns, last - 1);
        const int width = (lastBand.first + lastBand.count - band.first) * channels;
        if (isOneRow) {
            MixPixel(from + (Int64)band.first * channels + channel, channels, band, to + first, rest);
            first += rest;
        } else if (width > Stretch) {
            const Scalar* corner = from + (Int64)band.first * channels + channel;
            MixAlone(corner, stride, channels, rows, band, to + first, rest);
            first += rest;
        } else {
            const int stop = Minimum(end, last * channels);
            Mix(from + (Int64)band.first * channels, stride, rows, mixed, width);
            MixColumns(mixed, band.first, columns, channels, first, stop, to);
            first = stop;
        }
    }
}

KERNEL Interpolate(
    const Scalar* __restrict__ x, const int* __restrict__ spans, const Accumulator* __restrict__ weights,
    Scalar* __restrict__ y, RowTiling tiling, InterpolatePlan plan)
{
    const Matrix rowMatrix = {spans, weights, plan.rowTaps};
    const Matrix columns = {spans + 2 * plan.rows, weights + plan.rows * plan.rowTaps, plan.columnTaps};
    ForEachRow(tiling, [=](Int64 row, int first, int end, int step) {
        const Int64 picture = Quotient(row, plan.rows);
        const Band rows = BandOf(rowMatrix, int(row - picture * plan.rows));
        const Int64 stride = (Int64)plan.width * plan.channels;
        const Scalar* from = x + picture * plan.height * stride;
        Scalar* to = y + row * tiling.rowLength;
        if (WarpSize == 1) {
            MixOnHost(from, plan, rows, columns, first, end, to);
            return;
        }
        for (int at = first; at < end; at += step) {
            const int j = at / plan.channels;
            const Band band = BandOf(columns, j);
            const Scalar* corner = from + rows.first * stride + (Int64)(band.first - j) * plan.channels + at;
            Accumulator sum = 0;
            for (int b = 0; b < band.count; b++) {
                Accumulator column = 0;
                for (int a = 0; a < rows.count; a++) {
                    column += rows.weight[a] * Accumulator(corner[a * stride + (Int64)b * plan.channels]);
                }
                sum += band.weight[b] * column;
            }
            to[at] = Scalar(sum);
        }
    });
}
