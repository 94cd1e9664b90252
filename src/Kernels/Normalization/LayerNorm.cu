// LayerNorm: every row is brought to mean 0 and variance 1.
//   y[n,c] = h[n,c] w[c] + b[c], h[n,c] = (x[n,c] - mean[n]) r[n], r[n] = 1 / sqrt(variance[n] + epsilon)
// LayerNormGradient: with m[n,c] = w[c] dy[n,c],
//   dx[n,c] = r[n] (m[n,c] - mean of m - h[n,c] mean of m h), means over c
// LayerNormSums: for each chunk of rows the sums of dy and of dy h; LayerNormParameters: those of all rows,
//   db[c] = sum over n of dy[n,c], dw[c] = sum over n of dy[n,c] h[n,c]
//
// Shapes   x, y, dy, dx: [N, C]; w, b, dw, db: [C], or null; statistics: [N, 2], mean and r; partial: [chunks, 2, C];
//          contiguous
// Types    stored as Scalar, summed in Accumulator; statistics and partial are Accumulator
// Launch   rows: one warp a row; sums: one thread, or Columns elements of the host's one, a column of a chunk;
//          parameters: elementwise. Any block size that is a multiple of WarpSize
// Cost     reads x and dy, the later passes over a row from cache, writes y or dx; sums read x and dy again: bound by
//          memory
// Limits   C >= 1
// Source   Ba, Kiros, Hinton 2016, Layer Normalization; derivative by hand
#include "Common/Prelude.cuh"
#include "Common/Warp.cuh"  // WarpSum
#include "Common/Pack.cuh"  // LoadPack, StorePack

struct Moments {
    Accumulator mean, scale;
};

// Deviations are taken from the mean itself, in a second pass over the row, which is in the cache then.
DEVICE Moments MomentsOf(const Scalar* __restrict__ row, int channelCount, int lane, float epsilon)
{
    Accumulator sum = 0;
    for (int c = lane * PackWidth; c < channelCount; c += WarpSize * PackWidth) {
        const Pack<PackWidth> pack = LoadPack<PackWidth>(row + c);
        for (int i = 0; i < PackWidth; i++) sum += Accumulator(pack.value[i]);
    }
    const Accumulator mean = WarpSum(sum) / channelCount;
    Accumulator squares = 0;
    for (int c = lane * PackWidth; c < channelCount; c += WarpSize * PackWidth) {
        const Pack<PackWidth> pack = LoadPack<PackWidth>(row + c);
        for (int i = 0; i < PackWidth; i++) {
            const Accumulator step = Accumulator(pack.value[i]) - mean;
            squares += step * step;
        }
    }
    return {mean, ReciprocalSqrt(WarpSum(squares) / channelCount + epsilon)};
}

DEVICE Accumulator WeightOf(const Scalar* __restrict__ w, int c)
{
    return w == nullptr ? Accumulator(1) : Accumulator(w[c]);
}

KERNEL LayerNorm(
    const Scalar* __restrict__ x, const Scalar* __restrict__ w, const Scalar* __restrict__ b, Scalar* __restrict__ y,
    Int64 rowCount, int channelCount, float epsilon)
{
    const int lane = threadIdx.x % WarpSize;
    const Int64 row = Int64(blockIdx.x) * (blockDim.x / WarpSize) + threadIdx.x / WarpSize;
    if (row >= rowCount) return;  // a warp leaves as a whole
    const Scalar* source = x + row * channelCount;
    Scalar* target = y + row * channelCount;
    const Moments moments = MomentsOf(source, channelCount, lane, epsilon);
    for (int c = lane * PackWidth; c < channelCount; c += WarpSize * PackWidth) {
        Pack<PackWidth> pack = LoadPack<PackWidth>(source + c);
        for (int i = 0; i < PackWidth; i++) {
            const Accumulator h = (Accumulator(pack.value[i]) - moments.mean) * moments.scale;
            const Accumulator offset = b == nullptr ? Accumulator(0) : Accumulator(b[c + i]);
            pack.value[i] = Scalar(h * WeightOf(w, c + i) + offset);
        }
        StorePack(target + c, pack);
    }
}

KERNEL LayerNormGradient(
    const Scalar* __restrict__ x, const Scalar* __restrict__ dy, const Scalar* __restrict__ w,
    Scalar* __restrict__ dx, Accumulator* __restrict__ statistics, Int64 rowCount, int channelCount, float epsilon)
{
    const int lane = threadIdx.x % WarpSize;
    const Int64 row = Int64(blockIdx.x) * (blockDim.x / WarpSize) + threadIdx.x / WarpSize;
    if (row >= rowCount) return;  // a warp leaves as a whole
    const Scalar* xRow = x + row * channelCount;
    const Scalar* dyRow = dy + row * channelCount;
    Scalar* target = dx + row * channelCount;
    const Moments moments = MomentsOf(xRow, channelCount, lane, epsilon);
    Accumulator sum = 0, product = 0;
    for (int c = lane * PackWidth; c < channelCount; c += WarpSize * PackWidth) {
        const Pack<PackWidth> xs = LoadPack<PackWidth>(xRow + c), dys = LoadPack<PackWidth>(dyRow + c);
        for (int i = 0; i < PackWidth; i++) {
            const Accumulator m = Accumulator(dys.value[i]) * WeightOf(w, c + i);
            sum += m;
            product += m * ((Accumulator(xs.value[i]) - moments.mean) * moments.scale);
        }
    }
    const Accumulator mean = WarpSum(sum) / channelCount;
    const Accumulator slope = WarpSum(product) / channelCount;
    for (int c = lane * PackWidth; c < channelCount; c += WarpSize * PackWidth) {
        const Pack<PackWidth> xs = LoadPack<PackWidth>(xRow + c);
        Pack<PackWidth> dys = LoadPack<PackWidth>(dyRow + c);
        for (int i = 0; i < PackWidth; i++) {
            const Accumulator m = Accumulator(dys.value[i]) * WeightOf(w, c + i);
            const Accumulator h = (Accumulator(xs.value[i]) - moments.mean) * moments.scale;
            dys.value[i] = Scalar(moments.scale * (m - mean - h * slope));
        }
        StorePack(target + c, dys);
    }
    if (lane > 0) return;
    statistics[2 * row] = moments.mean;
    statistics[2 * row + 1] = moments.scale;
}

// One thread of the host device keeps a stretch of columns in registers; elsewhere a thread has one.
constexpr int Columns = WarpSize == 1 ? 64 : 1;

template <int Width> DEVICE void SumColumns(
    const Scalar* __restrict__ x, const Scalar* __restrict__ dy, const Accumulator* __restrict__ statistics,
    Accumulator* __restrict__ target, Int64 firstRow, Int64 endRow, int channelCount, int width)
{
    Accumulator dySum[Columns], productSum[Columns];
    for (int c = 0; c < Columns; c++) dySum[c] = productSum[c] = 0;
    for (Int64 row = firstRow; row < endRow; row++) {
        const Accumulator mean = statistics[2 * row], scale = statistics[2 * row + 1];
        for (int c = 0; c < (Width > 0 ? Width : width); c++) {
            const Accumulator upstream = Accumulator(dy[row * channelCount + c]);
            dySum[c] += upstream;
            productSum[c] += upstream * ((Accumulator(x[row * channelCount + c]) - mean) * scale);
        }
    }
    for (int c = 0; c < width; c++) {
        target[c] = dySum[c];
        target[channelCount + c] = productSum[c];
    }
}

KERNEL LayerNormSums(
    const Scalar* __restrict__ x, const Scalar* __restrict__ dy, const Accumulator* __restrict__ statistics,
    Accumulator* __restrict__ partial, Int64 rowCount, int channelCount, int chunkRows)
{
    const int tileCount = (channelCount + Columns * blockDim.x - 1) / (Columns * blockDim.x);
    const Int64 chunk = blockIdx.x / tileCount;
    const int column = (int(blockIdx.x % tileCount) * blockDim.x + threadIdx.x) * Columns;
    if (column >= channelCount) return;  // no barrier follows
    const Int64 firstRow = chunk * chunkRows, endRow = Minimum(rowCount, firstRow + chunkRows);
    const int width = Minimum(Columns, channelCount - column);
    Accumulator* target = partial + chunk * 2 * channelCount + column;
    if (width == Columns) {
        SumColumns<Columns>(x + column, dy + column, statistics, target, firstRow, endRow, channelCount, width);
    } else {
        SumColumns<0>(x + column, dy + column, statistics, target, firstRow, endRow, channelCount, width);
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
