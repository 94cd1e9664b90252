// BiasActivation: bias, activation, gain and clamp in one pass, and their derivatives.
//   order 0:  y[n,c] = clamp(gain f(x[n,c] + b[c]), -limit, limit) + m[n,c]
//   order k:  y[n,c] = m[n,c] gain f^(k)(x[n,c] + b[c]) where gain f(x[n,c] + b[c]) is not clamped, else 0
//
// Shapes   x, m, y: [N, C], contiguous; b: [C]; b may be null, and m too in order 0
// Types    stored as Scalar, computed in Accumulator
// Launch   rows of C distributed by RowTiling, in packs where addresses allow; any block size
// Cost     order 0 without m reads N*C, writes N*C; else reads 2*N*C: bound by memory
// Source   Karras et al. 2020, StyleGAN2, appendix B (fused bias and activation); derivatives by hand
#include "Common/Prelude.cuh"
#include "Common/HostRows.cuh"  // JoinedLength, RepeatRow
#include "Common/Rows.cuh"
#include "Common/Activations.cuh"

// Whether order 0 clamps the value; derivatives of any order are 0 there.
DEVICE bool IsClamped(Accumulator z, Accumulator slope, Accumulator gain, Accumulator limit)
{
    if (WarpSize == 1 && limit == Infinity()) return false;  // the CPU's compiler splits off a loop without a clamp
    const Accumulator value = gain * Activation<0>(z, slope);
    return (limit != Infinity()) & ((value >= limit) | (value <= -limit));  // branch-free on devices
}

DEVICE Accumulator Value(Accumulator z, Accumulator m, Accumulator slope, Accumulator gain, Accumulator limit)
{
    const Accumulator value = gain * Activation<Order>(z, slope);
    if (Order == 0) {
        // Two selects of one instruction each, which pass a NaN through.
        const Accumulator low = value > limit ? limit : value;
        return low < -limit ? -limit : low;
    }
    return IsClamped(z, slope, gain, limit) ? Accumulator(0) : m * value;
}

template <bool HasBias, bool HasOther>
DEVICE void ActivateRows(
    const Scalar* __restrict__ x, const Scalar* __restrict__ b, const Scalar* __restrict__ m, Scalar* __restrict__ y,
    const RowTiling& tiling, float slope, float gain, float limit)
{
    const auto bodyOf = [=](Int64 start, const Scalar* __restrict__ bias) {
        return [=](auto width, int i) {
            Pack<width.Value> pack = LoadPack<width.Value>(x + start + i), biases = {}, others = {};
            if constexpr (HasBias) biases = LoadPack<width.Value>(bias + i);
            if constexpr (HasOther) others = LoadPack<width.Value>(m + start + i);
            width.ForEach([&](int k) {
                Accumulator z = pack.value[k];
                if constexpr (HasBias) z += Accumulator(biases.value[k]);
                const Accumulator other = others.value[k];
                z = Value(z, other, slope, gain, limit);
                if constexpr (Order == 0 && HasOther) z += other;
                pack.value[k] = Scalar(z);
            });
            StorePack(y + start + i, pack);
        };
    };
    if constexpr (WarpSize == 1 && HasBias) {
        const int columns = tiling.rowLength, rows = JoinedLength / columns;
        if (rows > 1) {
            Scalar joined[JoinedLength];
            RepeatRow(b, columns, rows, joined);
            const RowBlock block = RowBlockOf(tiling);
            for (int row = 0; row < block.rowCount; row += rows) {
                const auto body = bodyOf((block.firstRow + row) * columns, joined);
                const int count = Minimum(rows, block.rowCount - row) * columns;
                for (int i = 0; i < count; i++) body(Count<1>(), i);
            }
            return;
        }
    }
    ForEachRowPack<PackLength<Scalar>>(tiling, [=](Int64 row) { return bodyOf(row * tiling.rowLength, b); });
}

KERNEL BiasActivation(
    const Scalar* __restrict__ x, const Scalar* __restrict__ b, const Scalar* __restrict__ m, Scalar* __restrict__ y,
    RowTiling tiling, float slope, float gain, float limit)
{
    if constexpr (Order == 0) {
        if (m == nullptr) {
            if (b == nullptr) ActivateRows<false, false>(x, b, m, y, tiling, slope, gain, limit);
            else ActivateRows<true, false>(x, b, m, y, tiling, slope, gain, limit);
            return;
        }
    }
    if (b == nullptr) ActivateRows<false, true>(x, b, m, y, tiling, slope, gain, limit);
    else ActivateRows<true, true>(x, b, m, y, tiling, slope, gain, limit);
}
