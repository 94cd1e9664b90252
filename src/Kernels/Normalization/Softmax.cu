// Softmax: softmax or log-softmax of every row.
//   y[n,c] = e^(x[n,c] - max) / sum, or x[n,c] - max - ln sum, with sum = sum over c of e^(x[n,c] - max)
// SoftmaxGradient: for softmax dx[n,c] = y[n,c] (dy[n,c] - sum over c of dy y),
//   for log-softmax dx[n,c] = dy[n,c] - e^y[n,c] sum over c of dy
//
// Shapes   x, y, dy, dx: [N, C], contiguous
// Types    stored as Scalar, computed in Accumulator
// Launch   RowLanes threads per row; any block size that is a multiple of WarpSize
// Cost     reads x, or y and dy, the later passes over a long row from cache, writes as much as x: bound by memory
// Limits   C >= 1; a row that is all minus infinity gives NaN
#include "Common/Prelude.cuh"
#include "Common/WarpRow.cuh"  // RowSum, RowMaximum, WithRow
#include "Common/HostMaximum.cuh"

// A row on the host's one thread, where an exponential costs more than storing it: y holds those of the sum, if its
// type does not round them.
DEVICE void HostSoftmax(const Scalar* __restrict__ source, Scalar* __restrict__ target, int channelCount)
{
    constexpr bool isCached = !IsLogarithm && sizeof(Scalar) == sizeof(Accumulator);
    const Accumulator largest = HostMaximum(source, channelCount, [](Scalar value) { return Accumulator(value); });
    Accumulator sum = 0;
    for (int c = 0; c < channelCount; c++) {
        const Accumulator power = Exp(Accumulator(source[c]) - largest);
        if (isCached) target[c] = Scalar(power);
        sum += power;
    }

    const Accumulator scale = Reciprocal(sum), logarithm = Log(sum);
    for (int c = 0; c < channelCount; c++) {
        if (isCached) {
            target[c] = Scalar(Accumulator(target[c]) * scale);
            continue;
        }
        // Never above 0 anyway: the minimum keeps the compiler from folding largest and logarithm into one rounded sum.
        const Accumulator shifted = Minimum(Accumulator(0), Accumulator(source[c]) - largest);
        target[c] = Scalar(IsLogarithm ? shifted - logarithm : Exp(shifted) * scale);
    }
}

template <typename Row> DEVICE void SoftmaxOf(Row& row, Scalar* __restrict__ target)
{
    using Values = Pack<PackWidth, Accumulator>;
    constexpr bool isCached = Row::IsHeld && !IsLogarithm;
    Accumulator largest = -Infinity();
    row.ForEach([&](int, const Values& values) {
        for (int i = 0; i < PackWidth; i++) largest = Maximum(largest, values.value[i]);
    });
    largest = RowMaximum(largest);
    Accumulator sum = 0;
    row.ForEach([&](int, Values& values) {
        for (int i = 0; i < PackWidth; i++) {
            const Accumulator power = Exp(values.value[i] - largest);
            if (isCached) values.value[i] = power;
            sum += power;
        }
    });
    sum = RowSum(sum);

    const Accumulator scale = Reciprocal(sum), logarithm = Log(sum);
    row.ForEach([&](int c, const Values& values) {
        Pack<PackWidth> pack;
        for (int i = 0; i < PackWidth; i++) {
            // Never above 0 anyway: the minimum keeps the compiler from folding largest and logarithm into one sum,
            // which would be rounded.
            const Accumulator shifted = Minimum(Accumulator(0), values.value[i] - largest);
            const Accumulator power = isCached ? values.value[i] : IsLogarithm ? 0 : Exp(shifted);
            pack.value[i] = Scalar(IsLogarithm ? shifted - logarithm : power * scale);
        }
        StorePack(target + c, pack);
    });
}

KERNEL Softmax(const Scalar* __restrict__ x, Scalar* __restrict__ y, Int64 rowCount, int channelCount)
{
    const int lane = threadIdx.x % RowLanes;
    const Int64 row = Int64(blockIdx.x) * (blockDim.x / RowLanes) + threadIdx.x / RowLanes;
    const Scalar* source = x + row * channelCount;
    Scalar* target = y + row * channelCount;
    if constexpr (WarpSize == 1) {
        if (row < rowCount) HostSoftmax(source, target, channelCount);
    } else {
        WithRow(
            row < rowCount ? channelCount : 0, lane, [=](int c) { return LoadAs<Accumulator>(source + c); },
            [=](auto& read) { SoftmaxOf(read, target); });
    }
}

// The elements loaded per pack of a row.
struct Gradients { Pack<PackWidth> y, dy; };

template <typename Row> DEVICE void GradientOf(Row& row, Scalar* __restrict__ target)
{
    Accumulator sum = 0;
    row.ForEach([&](int, const Gradients& read) {
        for (int i = 0; i < PackWidth; i++) {
            sum += Accumulator(read.dy.value[i]) * (IsLogarithm ? Accumulator(1) : Accumulator(read.y.value[i]));
        }
    });
    sum = RowSum(sum);
    row.ForEach([&](int c, const Gradients& read) {
        Pack<PackWidth> result;
        for (int i = 0; i < PackWidth; i++) {
            const Accumulator value = Accumulator(read.y.value[i]), upstream = Accumulator(read.dy.value[i]);
            result.value[i] = Scalar(IsLogarithm ? upstream - Exp(value) * sum : value * (upstream - sum));
        }
        StorePack(target + c, result);
    });
}

KERNEL SoftmaxGradient(
    const Scalar* __restrict__ y, const Scalar* __restrict__ dy, Scalar* __restrict__ dx, Int64 rowCount,
    int channelCount)
{
    const int lane = threadIdx.x % RowLanes;
    const Int64 row = Int64(blockIdx.x) * (blockDim.x / RowLanes) + threadIdx.x / RowLanes;
    const Int64 at = row * channelCount;
    WithRow(
        row < rowCount ? channelCount : 0, lane,
        [=](int c) { return Gradients{LoadPack<PackWidth>(y + at + c), LoadPack<PackWidth>(dy + at + c)}; },
        [=](auto& read) { GradientOf(read, dx + at); });
}
