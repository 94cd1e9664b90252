// LayerNorm: every row is brought to mean 0 and variance 1.
//   y[n,c] = h[n,c] w[c] + b[c], h[n,c] = (x[n,c] - mean[n]) r[n], r[n] = 1 / sqrt(variance[n] + epsilon)
// LayerNormGradient: with m[n,c] = w[c] dy[n,c],
//   dx[n,c] = r[n] (m[n,c] - mean of m - h[n,c] mean of m h), means over c
// LayerNormSums: for each chunk of rows the sums of dy and of dy h; LayerNormParameters: those of all rows,
//   db[c] = sum over n of dy[n,c], dw[c] = sum over n of dy[n,c] h[n,c]
//
// Shapes   x, y, dy, dx: [N, C]; w, b, dw, db: [C], or null; statistics: [N, 2], mean and r, and partial:
//          [chunks, 2, C], or null; contiguous
// Types    stored as Scalar, summed in Accumulator; statistics and partial are Accumulator
// Launch   rows: one warp a row, any block size that is a multiple of WarpSize; sums: blocks of ColumnThreads threads,
//          as ColumnBlock has them, for some columns of a chunk; parameters: elementwise, any block size. On the host
//          one thread takes gradient and sums of a chunk, row after row
// Cost     reads x and dy, the later passes over a long row from cache, writes y or dx; sums read x and dy again, but
//          on the host: bound by memory
// Limits   C >= 1
// Source   Ba, Kiros, Hinton 2016, Layer Normalization; derivative by hand
#include "Common/Prelude.cuh"
#include "Common/Block.cuh"        // JoinBySum, WarpSum
#include "Common/ColumnBlock.cuh"  // ColumnPlan, PlaceOf, JoinRowLanes, InBatches
#include "Common/WarpRow.cuh"      // WithRow

struct Moments {
    Accumulator mean, scale;
};

// Deviations are taken from the mean itself, in a second pass over the row. packOf(read) is the pack of x in what is
// read of it.
template <typename Row, typename PackOf> DEVICE Moments MomentsOf(Row& row, float epsilon, PackOf packOf)
{
    Accumulator sum = 0;
    row.ForEach([&](int, const auto& read) {
        for (int i = 0; i < PackWidth; i++) sum += Accumulator(packOf(read).value[i]);
    });
    const Accumulator mean = WarpSum(sum) / row.count;
    Accumulator squares = 0;
    row.ForEach([&](int, const auto& read) {
        for (int i = 0; i < PackWidth; i++) {
            const Accumulator step = Accumulator(packOf(read).value[i]) - mean;
            squares += step * step;
        }
    });
    return {mean, ReciprocalSqrt(WarpSum(squares) / row.count + epsilon)};
}

// Weights, or offsets, of neighbouring channels; all of them the given number where there are none.
DEVICE Pack<PackWidth, Accumulator> NumbersOf(const Scalar* __restrict__ w, int c, Accumulator none)
{
    Pack<PackWidth, Accumulator> numbers;
    if (w == nullptr) {
        for (int i = 0; i < PackWidth; i++) numbers.value[i] = none;
    } else {
        const Pack<PackWidth> pack = LoadPack<PackWidth>(w + c);
        for (int i = 0; i < PackWidth; i++) numbers.value[i] = Accumulator(pack.value[i]);
    }
    return numbers;
}

template <typename Row> DEVICE void NormaliseRow(
    Row& row, const Scalar* __restrict__ w, const Scalar* __restrict__ b, Scalar* __restrict__ target, float epsilon)
{
    const Moments moments = MomentsOf(row, epsilon, [](const Pack<PackWidth>& read) { return read; });
    row.ForEach([&](int c, const Pack<PackWidth>& read) {
        const Pack<PackWidth, Accumulator> weights = NumbersOf(w, c, 1), offsets = NumbersOf(b, c, 0);
        Pack<PackWidth> result;
        for (int i = 0; i < PackWidth; i++) {
            const Accumulator h = (Accumulator(read.value[i]) - moments.mean) * moments.scale;
            result.value[i] = Scalar(h * weights.value[i] + offsets.value[i]);
        }
        StorePack(target + c, result);
    });
}

KERNEL LayerNorm(
    const Scalar* __restrict__ x, const Scalar* __restrict__ w, const Scalar* __restrict__ b, Scalar* __restrict__ y,
    Int64 rowCount, int channelCount, float epsilon)
{
    const int lane = threadIdx.x % WarpSize;
    const Int64 row = Int64(blockIdx.x) * (blockDim.x / WarpSize) + threadIdx.x / WarpSize;
    if (row >= rowCount) return;  // a warp leaves as a whole
    const Int64 at = row * channelCount;
    WithRow(
        channelCount, lane, [=](int c) { return LoadPack<PackWidth>(x + at + c); },
        [=](auto& read) { NormaliseRow(read, w, b, y + at, epsilon); });
}

// What is read of a row for its gradient.
struct RowPacks { Pack<PackWidth> x, dy; };

template <typename Row> DEVICE Moments GradientOfRow(
    Row& row, const Scalar* __restrict__ w, Scalar* __restrict__ target, float epsilon)
{
    const Moments moments = MomentsOf(row, epsilon, [](const RowPacks& read) { return read.x; });
    Accumulator sum = 0, product = 0;
    row.ForEach([&](int c, const RowPacks& read) {
        const Pack<PackWidth, Accumulator> weights = NumbersOf(w, c, 1);
        for (int i = 0; i < PackWidth; i++) {
            const Accumulator m = Accumulator(read.dy.value[i]) * weights.value[i];
            sum += m;
            product += m * ((Accumulator(read.x.value[i]) - moments.mean) * moments.scale);
        }
    });
    const Accumulator mean = WarpSum(sum) / row.count;
    const Accumulator slope = WarpSum(product) / row.count;
    row.ForEach([&](int c, const RowPacks& read) {
        const Pack<PackWidth, Accumulator> weights = NumbersOf(w, c, 1);
        Pack<PackWidth> result;
        for (int i = 0; i < PackWidth; i++) {
            const Accumulator m = Accumulator(read.dy.value[i]) * weights.value[i];
            const Accumulator h = (Accumulator(read.x.value[i]) - moments.mean) * moments.scale;
            result.value[i] = Scalar(moments.scale * (m - mean - h * slope));
        }
        StorePack(target + c, result);
    });
    return moments;
}

DEVICE Moments GradientOfRow(
    const Scalar* __restrict__ x, const Scalar* __restrict__ dy, const Scalar* __restrict__ w,
    Scalar* __restrict__ target, int channelCount, int lane, float epsilon)
{
    Moments moments;
    WithRow(
        channelCount, lane, [=](int c) { return RowPacks{LoadPack<PackWidth>(x + c), LoadPack<PackWidth>(dy + c)}; },
        [&](auto& read) { moments = GradientOfRow(read, w, target, epsilon); });
    return moments;
}

// Adds a row to the sums of dy and of dy h.
DEVICE void AddRow(
    const Scalar* __restrict__ x, const Scalar* __restrict__ dy, const Moments& moments, int channelCount,
    Accumulator* __restrict__ dySum, Accumulator* __restrict__ productSum)
{
    for (int c = 0; c < channelCount; c++) {
        const Accumulator upstream = Accumulator(dy[c]);
        dySum[c] += upstream;
        productSum[c] += upstream * ((Accumulator(x[c]) - moments.mean) * moments.scale);
    }
}

KERNEL LayerNormGradient(
    const Scalar* __restrict__ x, const Scalar* __restrict__ dy, const Scalar* __restrict__ w,
    Scalar* __restrict__ dx, Accumulator* __restrict__ statistics, Accumulator* __restrict__ partial, Int64 rowCount,
    int channelCount, int chunkRows, float epsilon)
{
    if constexpr (WarpSize == 1) {
        const Int64 firstRow = Int64(blockIdx.x) * chunkRows, endRow = Minimum(rowCount, firstRow + chunkRows);
        Accumulator* sums = partial == nullptr ? nullptr : partial + 2 * Int64(blockIdx.x) * channelCount;
        for (int c = 0; c < 2 * channelCount && sums != nullptr; c++) sums[c] = 0;
        for (Int64 row = firstRow; row < endRow; row++) {
            const Scalar *xRow = x + row * channelCount, *dyRow = dy + row * channelCount;
            const Moments moments = GradientOfRow(xRow, dyRow, w, dx + row * channelCount, channelCount, 0, epsilon);
            if (sums != nullptr) AddRow(xRow, dyRow, moments, channelCount, sums, sums + channelCount);
        }
        return;
    }

    const int lane = threadIdx.x % WarpSize;
    const Int64 row = Int64(blockIdx.x) * (blockDim.x / WarpSize) + threadIdx.x / WarpSize;
    if (row >= rowCount) return;  // a warp leaves as a whole
    const Int64 at = row * channelCount;
    const Moments moments = GradientOfRow(x + at, dy + at, w, dx + at, channelCount, lane, epsilon);
    if (lane > 0) return;
    statistics[2 * row] = moments.mean;
    statistics[2 * row + 1] = moments.scale;
}

// What is read of a row's columns.
struct RowColumns {
    Pack<PackWidth> x, dy;
    Accumulator mean, scale;
};

KERNEL LayerNormSums(
    const Scalar* __restrict__ x, const Scalar* __restrict__ dy, const Accumulator* __restrict__ statistics,
    Accumulator* __restrict__ partial, Int64 rowCount, int channelCount, int chunkRows, ColumnPlan plan)
{
    if constexpr (WarpSize > 1) {
        __shared__ Accumulator shared[PackWidth * ColumnThreads];
        __shared__ Accumulator sharedProducts[PackWidth * ColumnThreads];
        const ColumnPlace place = PlaceOf<PackWidth>(plan);
        const Int64 chunk = blockIdx.x / unsigned(plan.tileCount), firstRow = chunk * chunkRows;
        const int rows = place.count <= 0 ? 0 : int(Minimum(Int64(chunkRows), rowCount - firstRow));
        const auto load = [=](int row) {
            const Int64 at = (firstRow + row) * channelCount + place.first;
            const Accumulator* moments = statistics + 2 * (firstRow + row);
            return RowColumns{LoadPack<PackWidth>(x + at), LoadPack<PackWidth>(dy + at), moments[0], moments[1]};
        };
        Accumulator dySum[PackWidth] = {}, productSum[PackWidth] = {};
        InBatches<2>(place.rowLane, rows, place.rowLaneCount, load, [&](int, const RowColumns& read) {
            for (int i = 0; i < PackWidth; i++) {
                const Accumulator upstream = Accumulator(read.dy.value[i]);
                dySum[i] += upstream;
                productSum[i] += upstream * ((Accumulator(read.x.value[i]) - read.mean) * read.scale);
            }
        });
        JoinRowLanes<JoinBySum>(dySum, plan, shared);
        JoinRowLanes<JoinBySum>(productSum, plan, sharedProducts);
        if (place.rowLane > 0 || place.count <= 0) return;  // no barrier follows
        Accumulator* target = partial + chunk * 2 * channelCount + place.first;
        for (int i = 0; i < PackWidth; i++) target[i] = dySum[i], target[channelCount + i] = productSum[i];
    }
}

// Columns that a block takes of the parameters: few, because there are many chunks to walk.
constexpr int ParameterColumns = 32;

KERNEL LayerNormParameters(
    const Accumulator* __restrict__ partial, Scalar* __restrict__ dw, Scalar* __restrict__ db, int chunkCount,
    int channelCount)
{
    // The host's one thread keeps all columns in registers, so that it walks rows; elsewhere a thread has one.
    constexpr int Own = WarpSize == 1 ? ParameterColumns : 1;
    const int begin = int(blockIdx.x) * ParameterColumns;
    const int end = Minimum(channelCount, begin + ParameterColumns);
    for (int c = begin + threadIdx.x * Own; c < end; c += blockDim.x * Own) {
        Accumulator dySum[Own], productSum[Own];
        const int width = Minimum(Own, end - c);
        for (int i = 0; i < Own; i++) dySum[i] = productSum[i] = 0;
        for (int chunk = 0; chunk < chunkCount; chunk++) {
            const Accumulator* row = partial + Int64(2 * chunk) * channelCount + c;
            for (int i = 0; i < width; i++) {
                dySum[i] += row[i];
                productSum[i] += row[channelCount + i];
            }
        }
        for (int i = 0; i < width; i++) {
            if (db != nullptr) db[c + i] = Scalar(dySum[i]);
            if (dw != nullptr) dw[c + i] = Scalar(productSum[i]);
        }
    }
}
