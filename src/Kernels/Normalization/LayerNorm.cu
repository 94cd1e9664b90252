// LayerNorm: normalises every row to mean 0 and variance 1.
//   y[n,c] = h[n,c] w[c] + b[c], h[n,c] = (x[n,c] - mean[n]) r[n], r[n] = 1 / sqrt(variance[n] + epsilon)
// LayerNormGradient: with m[n,c] = w[c] dy[n,c],
//   dx[n,c] = r[n] (m[n,c] - mean of m - h[n,c] mean of m h), means over c; and the sums of dy and of dy h over each
//   part of the rows. LayerNormParameters: the sums over all rows, db[c] = sum over n of dy[n,c], dw[c] = sum over n of
//   dy[n,c] h[n,c]
//
// Shapes   x, y, dy, dx: [N, C]; w, b, dw, db: [C], or null; partial: [parts, 2, C], or null; contiguous
// Types    stored as Scalar, summed in Accumulator; partial is Accumulator
// Launch   LayerNorm: RowLanes threads per row, any block size that is a multiple of WarpSize; gradient: RowLanes
//          threads per row, a block of at most GradientThreads per chunk of rows; a part is the rows of a block or, if
//          its threads do not hold sums in registers, of the threads that share a row; parameters: as laid out by
//          ColumnPlan
// Cost     reads x and dy once, the later passes over a long row from cache, writes y or dx: bound by memory
// Limits   C >= 1
// Source   Ba, Kiros, Hinton 2016, Layer Normalization; derivative by hand
#include "Common/Prelude.cuh"
#include "Common/Block.cuh"        // SumOperator
#include "Common/ColumnBlock.cuh"  // ColumnPlan, ThreadColumnsOf, AddRows, ReduceRowLanes
#include "Common/WarpRow.cuh"      // RowSum, WithRow

// sum / count. On a GPU the reciprocal of the count, the same for all rows, is computed once, and a correction step per
// row makes the quotient accurate to the last bit: the error of a mean far from 0 would affect every element.
DEVICE Accumulator MeanOf(Accumulator sum, int count)
{
    if (WarpSize == 1) return sum / count;
    const Accumulator share = Reciprocal(Accumulator(count)), mean = sum * share;
    return mean + (sum - mean * count) * share;
}

// The centre still to be subtracted from a row's elements, 0 once they are deviations; and the scale r.
struct Moments {
    Accumulator centre, scale;
};

// Deviations are taken from the mean itself, in a second pass over the row, and replace its elements if it is held in
// registers.
template <typename Row> DEVICE Moments MomentsOf(Row& row, int channelCount, float epsilon)
{
    Accumulator sum = 0;
    row.ForEach([&](int, const auto& read) {
        for (int i = 0; i < PackWidth; i++) sum += read.x.value[i];
    });
    const Accumulator mean = MeanOf(RowSum(sum), channelCount);
    Accumulator squares = 0;
    row.ForEach([&](int, auto& read) {
        for (int i = 0; i < PackWidth; i++) {
            const Accumulator step = read.x.value[i] - mean;
            squares += step * step;
            if (Row::IsHeld) read.x.value[i] = step;
        }
    });
    return {Row::IsHeld ? 0 : mean, ReciprocalSqrt(MeanOf(RowSum(squares), channelCount) + epsilon)};
}

// Weights or offsets of a pack of channels; `none` for each if the pointer is null.
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

// The elements loaded per pack of a row.
struct RowPacks { Pack<PackWidth, Accumulator> x; };

template <typename Row> DEVICE void NormaliseRow(
    Row& row, const Scalar* __restrict__ w, const Scalar* __restrict__ b, Scalar* __restrict__ target,
    int channelCount, float epsilon)
{
    const Moments moments = MomentsOf(row, channelCount, epsilon);
    row.ForEach([&](int c, const RowPacks& read) {
        const Pack<PackWidth, Accumulator> weights = NumbersOf(w, c, 1), offsets = NumbersOf(b, c, 0);
        Pack<PackWidth> result;
        for (int i = 0; i < PackWidth; i++) {
            const Accumulator h = (read.x.value[i] - moments.centre) * moments.scale;
            result.value[i] = Scalar(h * weights.value[i] + offsets.value[i]);
        }
        StorePack(target + c, result);
    });
}

KERNEL LayerNorm(
    const Scalar* __restrict__ x, const Scalar* __restrict__ w, const Scalar* __restrict__ b, Scalar* __restrict__ y,
    Int64 rowCount, int channelCount, float epsilon)
{
    const int lane = threadIdx.x % RowLanes;
    const Int64 row = Int64(blockIdx.x) * (blockDim.x / RowLanes) + threadIdx.x / RowLanes;
    const Int64 at = row * channelCount;
    WithRow(
        row < rowCount ? channelCount : 0, lane,
        [=](int c) { return RowPacks{LoadAs<Accumulator>(x + at + c)}; },
        [=](auto& read) { NormaliseRow(read, w, b, y + at, channelCount, epsilon); });
}

// The elements loaded per pack of a row for its gradient.
struct RowGradients {
    Pack<PackWidth, Accumulator> x;
    Pack<PackWidth> dy;
};

// The most threads of a block of the gradient, as in LayerNorm.cs, and the blocks that share a multiprocessor.
constexpr int GradientThreads = 128, GradientBlocks = 3;

// Packs of sums that a thread keeps in registers across its rows, besides the row that it holds: all, or none if that
// would take too many registers. LayerNorm.cs has the same limit.
constexpr int MostSumBytes = 160;
constexpr int SumPacks = HeldPacks * PackWidth * sizeof(Accumulator) <= MostSumBytes ? HeldPacks : 0;

// The sums of dy and of dy h over a thread's rows, for its channels: here in registers.
//   Begin(partial, channelCount)   before the first row
//   AddRow(row, moments)           called by each thread of a row, adds its own channels
//   End(partial, channelCount)     after the last row: writes partial; all threads of the block must take part
template <int Packs> struct RowSums {
    Accumulator dy[Packs][PackWidth] = {}, product[Packs][PackWidth] = {};

    MEMBER void Begin(Accumulator*, int) {}

    template <typename Row> MEMBER void AddRow(Row& row, const Moments& moments)
    {
        row.ForEachNumbered([&](int k, int, const RowGradients& read) {
            for (int i = 0; i < PackWidth; i++) {
                const Accumulator upstream = Accumulator(read.dy.value[i]);
                dy[k][i] += upstream;
                product[k][i] += upstream * ((read.x.value[i] - moments.centre) * moments.scale);
            }
        });
    }

    MEMBER void End(Accumulator* __restrict__ partial, int channelCount)
    {
        if (partial == nullptr) return;
        Accumulator* part = partial + 2 * Int64(blockIdx.x) * channelCount;
        ReduceThreads(dy, part, channelCount);
        ReduceThreads(product, part + channelCount, channelCount);
    }

    // Adds up the sums that the threads of the block have of each channel, in the order of the threads.
    static MEMBER void ReduceThreads(
        const Accumulator (&sum)[Packs][PackWidth], Accumulator* __restrict__ target, int channelCount)
    {
        // [warp][element of a lane][lane]: writes are to consecutive elements, and the stride between a lane's
        // elements is padded, so that reads of neighbouring columns hit different banks.
        constexpr int Stride = WarpSize + WarpSize / PackWidth, WarpNumbers = Packs * PackWidth * Stride;
        __shared__ Accumulator shared[GradientThreads / WarpSize * WarpNumbers];
        const int thread = int(threadIdx.x);
        Accumulator* own = shared + thread / WarpSize * WarpNumbers + thread % WarpSize;
        __syncthreads();  // reads of an earlier call | writes of this one
        for (int k = 0; k < Packs; k++) {
            for (int i = 0; i < PackWidth; i++) own[(k * PackWidth + i) * Stride] = sum[k][i];
        }
        __syncthreads();  // writes of the threads' sums | reads for the block's
        for (int c = thread; c < channelCount; c += blockDim.x) {
            const int pack = c / PackWidth, element = pack / RowLanes * PackWidth + c % PackWidth;
            const Accumulator* first = shared + element * Stride + pack % RowLanes;
            Accumulator total = 0;
            for (int other = 0; other < int(blockDim.x); other += RowLanes) {
                total += first[other / WarpSize * WarpNumbers + other % WarpSize];
            }
            target[c] = total;
        }
    }
};

// The same in global memory: partial then has a part for each group of threads that share a row.
template <> struct RowSums<0> {
    Accumulator *dy, *product;

    MEMBER void Begin(Accumulator* __restrict__ partial, int channelCount)
    {
        dy = nullptr;
        if (partial == nullptr) return;
        const Int64 part = Int64(blockIdx.x) * (blockDim.x / RowLanes) + threadIdx.x / RowLanes;
        dy = partial + 2 * part * channelCount;
        product = dy + channelCount;
        for (int c = int(threadIdx.x % RowLanes) * PackWidth; c < channelCount; c += RowLanes * PackWidth) {
            for (int i = 0; i < PackWidth; i++) dy[c + i] = product[c + i] = 0;
        }
    }

    template <typename Row> MEMBER void AddRow(Row& row, const Moments& moments)
    {
        if (dy != nullptr) AddRow(row, moments, dy, product);
    }

    template <typename Row> static MEMBER void AddRow(
        Row& row, const Moments& moments, Accumulator* __restrict__ dySum, Accumulator* __restrict__ productSum)
    {
        row.ForEach([=](int c, const RowGradients& read) {
            for (int i = 0; i < PackWidth; i++) {
                const Accumulator upstream = Accumulator(read.dy.value[i]);
                dySum[c + i] += upstream;
                productSum[c + i] += upstream * ((read.x.value[i] - moments.centre) * moments.scale);
            }
        });
    }

    MEMBER void End(Accumulator*, int) {}
};

template <typename Row> DEVICE Moments GradientOfRow(
    Row& row, const Scalar* __restrict__ w, Scalar* __restrict__ target, int channelCount, float epsilon)
{
    const Moments moments = MomentsOf(row, channelCount, epsilon);
    Accumulator sum = 0, product = 0;
    row.ForEach([&](int c, const RowGradients& read) {
        const Pack<PackWidth, Accumulator> weights = NumbersOf(w, c, 1);
        for (int i = 0; i < PackWidth; i++) {
            const Accumulator m = Accumulator(read.dy.value[i]) * weights.value[i];
            sum += m;
            product += m * (read.x.value[i] - moments.centre);
        }
    });
    const Accumulator mean = MeanOf(RowSum(sum), channelCount);
    const Accumulator slope = MeanOf(RowSum(product), channelCount) * moments.scale * moments.scale;  // per deviation
    row.ForEach([&](int c, const RowGradients& read) {
        const Pack<PackWidth, Accumulator> weights = NumbersOf(w, c, 1);
        Pack<PackWidth> result;
        for (int i = 0; i < PackWidth; i++) {
            const Accumulator m = Accumulator(read.dy.value[i]) * weights.value[i];
            result.value[i] = Scalar(moments.scale * (m - mean - (read.x.value[i] - moments.centre) * slope));
        }
        StorePack(target + c, result);
    });
    return moments;
}

KERNEL_OF(GradientThreads, GradientBlocks) LayerNormGradient(
    const Scalar* __restrict__ x, const Scalar* __restrict__ dy, const Scalar* __restrict__ w,
    Scalar* __restrict__ dx, Accumulator* __restrict__ partial, Int64 rowCount, int channelCount, int chunkRows,
    float epsilon)
{
    const int lane = threadIdx.x % RowLanes, step = blockDim.x / RowLanes;
    const Int64 begin = Int64(blockIdx.x) * chunkRows;
    const int rows = int(Minimum(Int64(chunkRows), rowCount - begin));
    RowSums<SumPacks> sums;
    sums.Begin(partial, channelCount);
#pragma unroll 1
    for (int first = 0; first < rows; first += step) {
        const int row = first + int(threadIdx.x) / RowLanes;  // for some lanes of a warp possibly past the end
        const Int64 at = (begin + row) * channelCount;
        WithRow(
            row < rows ? channelCount : 0, lane,
            [=](int c) { return RowGradients{LoadAs<Accumulator>(x + at + c), LoadPack<PackWidth>(dy + at + c)}; },
            [&](auto& read) { sums.AddRow(read, GradientOfRow(read, w, dx + at, channelCount, epsilon)); });
    }
    sums.End(partial, channelCount);
}

// Columns of the parts per thread: the host's one thread, which walks them row by row, keeps many in registers.
constexpr int ParameterColumns = WarpSize == 1 ? 32 : PackLength<Accumulator>;

KERNEL LayerNormParameters(
    const Accumulator* __restrict__ partial, Scalar* __restrict__ dw, Scalar* __restrict__ db, int partCount,
    int channelCount, ColumnPlan plan)
{
    const ThreadColumns own = ThreadColumnsOf<ParameterColumns>(plan);
    const Accumulator* corner = partial + own.first;
    const int columnCount = 2 * channelCount;
    Accumulator sum[ParameterColumns] = {};
    if constexpr (WarpSize == 1) {
        for (int part = 0; part < partCount; part++) {
            const Accumulator* row = corner + Int64(part) * columnCount;
            for (int i = 0; i < own.count; i++) sum[i] += row[i];
        }
    } else {
        __shared__ Accumulator shared[ParameterColumns * ColumnThreads];  // laid out by ReduceRowLanes
        AddRows<ParameterColumns>(
            corner, columnCount, own.rowLane, own.count <= 0 ? 0 : partCount, own.rowLaneCount, own.count,
            plan.isPacked, [&](const Pack<ParameterColumns, Accumulator>& read) {
                for (int i = 0; i < ParameterColumns; i++) sum[i] += read.value[i];
            });
        ReduceRowLanes<SumOperator>(sum, plan, shared);
        if (own.rowLane > 0) return;  // no barrier follows
    }
    for (int i = 0; i < ParameterColumns; i++) {
        if (i >= own.count) break;
        const int column = own.first + i;
        if (column < channelCount && db != nullptr) db[column] = Scalar(sum[i]);
        if (column >= channelCount && dw != nullptr) dw[column - channelCount] = Scalar(sum[i]);
    }
}
