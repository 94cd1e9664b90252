// Geglu: the first half of the channels, each multiplied by GELU of its counterpart in the second half.
//   y[n,c] = x[n,c] gelu(x[n,C + c]), gelu(z) = z Phi(z), Phi the normal CDF
// GegluGradient: dx[n,c] = dy[n,c] gelu(x[n,C + c]), dx[n,C + c] = dy[n,c] x[n,c] gelu'(x[n,C + c])
//
// Shapes   x, dx: [N, 2 C]; y, dy: [N, C]; contiguous
// Types    stored as Scalar, computed in Accumulator
// Launch   rows of C distributed by RowTiling, in packs where addresses allow; any block size
// Cost     reads 2*N*C, writes N*C; the gradient reads 3*N*C, writes 2*N*C: bound by memory
// Source   Shazeer 2020, GLU Variants Improve Transformer, equation 6
#include "Common/Prelude.cuh"
#include "Common/Normal.cuh"  // NormalAt
#include "Common/Rows.cuh"    // RowTiling, ForEachRowPack

KERNEL Geglu(const Scalar* __restrict__ x, Scalar* __restrict__ y, RowTiling tiling)
{
    ForEachRowPack<PackLength<Scalar>>(tiling, [=](Int64 row) {
        const Scalar* value = x + row * 2 * tiling.rowLength;
        const Scalar* gate = value + tiling.rowLength;
        Scalar* target = y + row * tiling.rowLength;
        return [=](auto width, int c) {
            const Pack<width.Value> gates = LoadPack<width.Value>(gate + c);
            Pack<width.Value> pack = LoadPack<width.Value>(value + c);
            width.ForEach([&](int k) {
                const Accumulator z = gates.value[k];
                pack.value[k] = Scalar(Accumulator(pack.value[k]) * (z * NormalAt(z).integral));
            });
            StorePack(target + c, pack);
        };
    });
}

KERNEL GegluGradient(
    const Scalar* __restrict__ x, const Scalar* __restrict__ dy, Scalar* __restrict__ dx, RowTiling tiling)
{
    ForEachRowPack<PackLength<Scalar>>(tiling, [=](Int64 row) {
        const Scalar* value = x + row * 2 * tiling.rowLength;
        const Scalar* gate = value + tiling.rowLength;
        const Scalar* upstream = dy + row * tiling.rowLength;
        Scalar* dValue = dx + row * 2 * tiling.rowLength;
        Scalar* dGate = dValue + tiling.rowLength;
        return [=](auto width, int c) {
            const Pack<width.Value> upstreams = LoadPack<width.Value>(upstream + c);
            Pack<width.Value> values = LoadPack<width.Value>(value + c), gates = LoadPack<width.Value>(gate + c);
            width.ForEach([&](int k) {
                const Accumulator z = gates.value[k], g = upstreams.value[k];
                const Normal<Accumulator> normal = NormalAt(z);
                gates.value[k] = Scalar(g * Accumulator(values.value[k]) * (normal.integral + z * normal.density));
                values.value[k] = Scalar(g * (z * normal.integral));
            });
            StorePack(dValue + c, values);
            StorePack(dGate + c, gates);
        };
    });
}
