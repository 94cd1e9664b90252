// Softmax: every row as a distribution, or its logarithm.
//   y[n,c] = e^(x[n,c] - max) / sum, or x[n,c] - max - ln sum, with sum = sum over c of e^(x[n,c] - max)
// SoftmaxGradient: of the distribution dx[n,c] = y[n,c] (dy[n,c] - sum over c of dy y),
//   of its logarithm dx[n,c] = dy[n,c] - e^y[n,c] sum over c of dy
//
// Shapes   x, y, dy, dx: [N, C], contiguous
// Types    stored as Scalar, computed in Accumulator
// Launch   one warp a row; any block size that is a multiple of WarpSize
// Cost     reads x, or y and dy, the later passes over a row from cache, writes as much as x: bound by memory
// Limits   C >= 1; a row of minus infinities alone gives NaN
#include "Common/Prelude.cuh"
#include "Common/Warp.cuh"  // WarpSum, WarpMaximum
#include "Common/Pack.cuh"  // LoadPack, StorePack
#include "Common/HostMaximum.cuh"

// The same for a row and the host's one thread, whose exponentials cost more than to keep those of the sum where they
// are not rounded.
DEVICE void HostSoftmax(const Scalar* __restrict__ source, Scalar* __restrict__ target, int channelCount)
{
    constexpr bool isKept = !IsLogarithm && sizeof(Scalar) == sizeof(Accumulator);
    const Accumulator largest = HostMaximum(source, channelCount, [](Scalar value) { return Accumulator(value); });
    Accumulator sum = 0;
    for (int c = 0; c < channelCount; c++) {
        const Accumulator power = Exp(Accumulator(source[c]) - largest);
        if (isKept) target[c] = Scalar(power);
        sum += power;
    }

    const Accumulator scale = 1 / sum, logarithm = Log(sum);
    for (int c = 0; c < channelCount; c++) {
        if (isKept) {
            target[c] = Scalar(Accumulator(target[c]) * scale);
            continue;
        }
        // It never passes 0: that keeps the compiler from adding up what is subtracted, which would be rounded.
        const Accumulator shifted = Minimum(Accumulator(0), Accumulator(source[c]) - largest);
        target[c] = Scalar(IsLogarithm ? shifted - logarithm : Exp(shifted) * scale);
    }
}

KERNEL Softmax(const Scalar* __restrict__ x, Scalar* __restrict__ y, Int64 rowCount, int channelCount)
{
    const int lane = threadIdx.x % WarpSize;
    const Int64 row = Int64(blockIdx.x) * (blockDim.x / WarpSize) + threadIdx.x / WarpSize;
    if (row >= rowCount) return;  // a warp leaves as a whole
    const Scalar* source = x + row * channelCount;
    Scalar* target = y + row * channelCount;
    if constexpr (WarpSize == 1) {
        HostSoftmax(source, target, channelCount);
        return;
    }

    Accumulator largest = -Infinity();
    for (int c = lane * PackWidth; c < channelCount; c += WarpSize * PackWidth) {
        const Pack<PackWidth> pack = LoadPack<PackWidth>(source + c);
        for (int i = 0; i < PackWidth; i++) largest = Maximum(largest, Accumulator(pack.value[i]));
    }
    largest = WarpMaximum(largest);
    Accumulator sum = 0;
    for (int c = lane * PackWidth; c < channelCount; c += WarpSize * PackWidth) {
        const Pack<PackWidth> pack = LoadPack<PackWidth>(source + c);
        for (int i = 0; i < PackWidth; i++) sum += Exp(Accumulator(pack.value[i]) - largest);
    }
    sum = WarpSum(sum);

    const Accumulator scale = 1 / sum, logarithm = Log(sum);
    for (int c = lane * PackWidth; c < channelCount; c += WarpSize * PackWidth) {
        Pack<PackWidth> pack = LoadPack<PackWidth>(source + c);
        for (int i = 0; i < PackWidth; i++) {
            // It never passes 0: that keeps the compiler from adding up what is subtracted, which would be rounded.
            const Accumulator shifted = Minimum(Accumulator(0), Accumulator(pack.value[i]) - largest);
            pack.value[i] = Scalar(IsLogarithm ? shifted - logarithm : Exp(shifted) * scale);
        }
        StorePack(target + c, pack);
    }
}

KERNEL SoftmaxGradient(
    const Scalar* __restrict__ y, const Scalar* __restrict__ dy, Scalar* __restrict__ dx, Int64 rowCount,
    int channelCount)
{
    const int lane = threadIdx.x % WarpSize;
    const Int64 row = Int64(blockIdx.x) * (blockDim.x / WarpSize) + threadIdx.x / WarpSize;
    if (row >= rowCount) return;  // a warp leaves as a whole
    const Scalar* yRow = y + row * channelCount;
    const Scalar* dyRow = dy + row * channelCount;
    Scalar* target = dx + row * channelCount;

    Accumulator sum = 0;
    for (int c = lane * PackWidth; c < channelCount; c += WarpSize * PackWidth) {
        const Pack<PackWidth> ys = LoadPack<PackWidth>(yRow + c), dys = LoadPack<PackWidth>(dyRow + c);
        for (int i = 0; i < PackWidth; i++) {
            sum += Accumulator(dys.value[i]) * (IsLogarithm ? Accumulator(1) : Accumulator(ys.value[i]));
        }
    }
    sum = WarpSum(sum);
    for (int c = lane * PackWidth; c < channelCount; c += WarpSize * PackWidth) {
        const Pack<PackWidth> ys = LoadPack<PackWidth>(yRow + c);
        Pack<PackWidth> dys = LoadPack<PackWidth>(dyRow + c);
        for (int i = 0; i < PackWidth; i++) {
            const Accumulator value = Accumulator(ys.value[i]), upstream = Accumulator(dys.value[i]);
            dys.value[i] = Scalar(IsLogarithm ? upstream - Exp(value) * sum : value * (upstream - sum));
        }
        StorePack(target + c, dys);
    }
}
