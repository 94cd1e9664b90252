// Interpolate: pictures brought to another size, along both axes separably; or the adjoint of that.
//   y[n,i,j,c] = sum over a, b of R[i,a] S[j,b] x[n,a,b,c], with the weights R of rows and S of columns. Along an axis
//   of A elements that becomes one of B, with s = A / B, output o lies at
//     HalfPixel p = s (o + 1/2) - 1/2;  Corners p = o (A - 1) / (B - 1);  FirstPixel p = s o
//   and its weights are, where what falls beyond an edge falls on the edge,
//     Nearest   1 at floor(s o)
//     Bilinear  1 - f and f at floor(p) and after, f = p - floor(p), p at least 0
//     Bicubic   Keys' kernel with a = -3/4 at floor(p) - 1 ... floor(p) + 2
//     Area      1 / count at floor(s o) ... ceil(s (o + 1)) - 1
//   The adjoint has R and S transposed.
// InterpolateWeights: R and S, of each row the part between its first and last weight that are not zero
//
// Shapes   x: [N, H, W, C]; y: [N, I, J, C]; spans: [I + J, 2], first element and count; weights: [I, K] and after it
//          [J, L], K and L the most of a row; contiguous
// Types    stored as Scalar; weights, positions and sums in Accumulator
// Launch   Interpolate: rows of J*C shared out by RowWalk; InterpolateWeights: one thread a row of R or S; any block
//          size
// Cost     reads N*H*W*C, writes N*I*J*C: bound by memory. Elements of x are read once for each weight, from cache
// Limits   H, W, I, J >= 1; no filter before shrinking: Bilinear and Bicubic then skip elements
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
    int width;          // places for the weights of a row
};

struct InterpolatePlan {
    int height, width, channels;  // H, W, C
    int rows, columns;            // I, J
    int rowTaps, columnTaps;      // K, L
};

struct Taps {
    int first, count;              // before what lies beyond an edge is put on it
    Accumulator weight[MostTaps];  // of Area the first stands for all
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

// Keys' kernel at distances of 0 to 1, and of 1 to 2.
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

DEVICE int Clamp(int place, const InterpolateAxis& axis) { return Minimum(Maximum(place, 0), axis.before - 1); }

DEVICE int First(const Taps& taps, const InterpolateAxis& axis) { return Clamp(taps.first, axis); }

DEVICE int Last(const Taps& taps, const InterpolateAxis& axis) { return Clamp(taps.first + taps.count - 1, axis); }

// The weight of an element between the first and the last.
DEVICE Accumulator WeightAt(const Taps& taps, const InterpolateAxis& axis, int place)
{
    if (axis.kind > Bicubic) return taps.weight[0];  // Area
    Accumulator sum = 0;
    for (int tap = 0; tap < taps.count; tap++) sum += Clamp(taps.first + tap, axis) == place ? taps.weight[tap] : 0;
    return sum;
}

// The outputs that an element has a weight in follow each other, because positions never decrease: the first of them is
// the first output whose last element it is or precedes.
DEVICE int FirstOutput(const InterpolateAxis& axis, int place)
{
    int low = 0, high = axis.after - 1;
    while (low < high) {
        const int middle = low + (high - low) / 2;
        if (Last(TapsOf(axis, middle), axis) < place) low = middle + 1;
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

struct Band {
    int first, count;
    const Accumulator* weight;
};

// Adds some taps of one pixel, channel by channel.
template <int Count>
DEVICE void AddTaps(const Scalar* const* from, const Accumulator* weight, Accumulator* sum, int channelCount)
{
    const Scalar* tap[Count];
    Accumulator share[Count];
    for (int t = 0; t < Count; t++) {
        tap[t] = from[t];
        share[t] = weight[t];
    }
    for (int c = 0; c < channelCount; c++) {
        Accumulator total = sum[c];
        for (int t = 0; t < Count; t++) total += share[t] * Accumulator(tap[t][c]);
        sum[c] = total;
    }
}

constexpr int Width = 256;  // channels that a thread of the host device sums at a time

// Some channels of one pixel on the host device: four taps a turn, so that sums are loaded and stored less often.
DEVICE void WritePixel(
    const Scalar* picture, const InterpolatePlan& plan, const Band& rows, const Band& columns, Scalar* to, int count)
{
    const Int64 stride = (Int64)plan.width * plan.channels;
    const Scalar* corner = picture + rows.first * stride + (Int64)columns.first * plan.channels;
    if (rows.count * columns.count == 1 && rows.weight[0] == 1 && columns.weight[0] == 1) {
        for (int c = 0; c < count; c++) to[c] = corner[c];
        return;
    }
    Accumulator sum[Width];
    for (int c = 0; c < count; c++) sum[c] = 0;
    const Scalar* from[4];
    Accumulator weight[4];
    int waiting = 0;
    for (int a = 0; a < rows.count; a++) {
        for (int b = 0; b < columns.count; b++) {
            from[waiting] = corner + a * stride + (Int64)b * plan.channels;
            weight[waiting] = rows.weight[a] * columns.weight[b];
            if (++waiting < 4) continue;
            AddTaps<4>(from, weight, sum, count);
            waiting = 0;
        }
    }
    for (int t = 0; t < waiting; t++) AddTaps<1>(from + t, weight + t, sum, count);
    for (int c = 0; c < count; c++) to[c] = Scalar(sum[c]);
}

KERNEL Interpolate(
    const Scalar* __restrict__ x, const int* __restrict__ spans, const Accumulator* __restrict__ weights,
    Scalar* __restrict__ y, RowWalk walk, InterpolatePlan plan)
{
    ForEachRow(walk, [=](Int64 row, int first, int end, int step) {
        const Int64 picture = Quotient(row, plan.rows);
        const int i = int(row - picture * plan.rows);
        const Scalar* from = x + picture * plan.height * plan.width * plan.channels;
        Scalar* to = y + row * walk.rowLength;
        const Band rows = {spans[2 * i], spans[2 * i + 1], weights + i * plan.rowTaps};
        const int* columnSpans = spans + 2 * plan.rows;
        const Accumulator* columnWeights = weights + plan.rows * plan.rowTaps;
        if (WarpSize == 1) {
            for (int at = first; at < end;) {
                const int j = at / plan.channels;
                const int c = at - j * plan.channels;
                const int count = Minimum(Minimum(plan.channels - c, end - at), Width);
                const Band columns = {columnSpans[2 * j], columnSpans[2 * j + 1], columnWeights + j * plan.columnTaps};
                WritePixel(from + c, plan, rows, columns, to + at, count);
                at += count;
            }
            return;
        }
        const Int64 stride = (Int64)plan.width * plan.channels;
        for (int at = first; at < end; at += step) {
            const int j = at / plan.channels;
            const int c = at - j * plan.channels;
            const Accumulator* share = columnWeights + j * plan.columnTaps;
            const Scalar* corner = from + rows.first * stride + (Int64)columnSpans[2 * j] * plan.channels + c;
            const int columnCount = columnSpans[2 * j + 1];
            Accumulator sum = 0;
            for (int a = 0; a < rows.count; a++) {
                for (int b = 0; b < columnCount; b++) {
                    const Accumulator weight = rows.weight[a] * share[b];
                    sum += weight * Accumulator(corner[a * stride + (Int64)b * plan.channels]);
                }
            }
            to[at] = Scalar(sum);
        }
    });
}
