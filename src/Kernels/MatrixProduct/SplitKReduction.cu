// SplitKReduction: adds up the partial sums of products (split-K) and applies the epilogue.
//   y[r,n] = epilogue(sum over s of parts[s,r,n]), added in the order of s; see Epilogue.cuh
//
// Shapes   parts: [S, R, N]; factor: [R / factorRows, N]; noise: [R]; bias: [N]; y, residual: [R, N]; contiguous; all
//          but parts and y may be null; with S = 1, y may be parts itself
// Types    parts are Accumulator, all else is Scalar
// Launch   rows of N distributed by RowTiling, in packs of PackLength<Accumulator> where addresses allow; any block
//          size
// Cost     reads S*R*N, writes R*N: memory-bound
// Source   ours
#include "Common/Prelude.cuh"   // KERNEL, Scalar, Accumulator
#include "Common/Rows.cuh"      // ForEachRow, ForEachRowPack
#include "Common/Epilogue.cuh"  // ApplyEpilogue, ApplyEpilogueToRow

// Sums Width neighbouring elements over all parts, in order. The loads of four parts are in flight at once.
template <int Width> DEVICE Pack<Width, Accumulator> SumOf(const Accumulator* parts, Int64 count, int partCount)
{
    constexpr int Batch = 4;
    Pack<Width, Accumulator> sum = LoadPack<Width>(parts);
    int part = 1;
#pragma unroll 1
    for (; part + Batch <= partCount; part += Batch) {
        Pack<Width, Accumulator> packs[Batch];
        for (int k = 0; k < Batch; k++) packs[k] = LoadPack<Width>(parts + (part + k) * count);
        for (int k = 0; k < Batch; k++) {
            for (int c = 0; c < Width; c++) sum.value[c] += packs[k].value[c];
        }
    }
#pragma unroll 1
    for (; part < partCount; part++) {
        const Pack<Width, Accumulator> pack = LoadPack<Width>(parts + part * count);
        for (int c = 0; c < Width; c++) sum.value[c] += pack.value[c];
    }
    return sum;
}

KERNEL SplitKReduction(
    const Accumulator* parts, const Scalar* factor, const Scalar* noise, const Scalar* bias, const Scalar* residual,
    Scalar* y, EpilogueParameters parameters, RowTiling tiling, int partCount)
{
    const Epilogue epilogue = {factor, noise, bias, residual, parameters};
    const Int64 count = tiling.rowCount * tiling.rowLength;
    if constexpr (WarpSize > 1) {
        ForEachRowPack<PackLength<Accumulator>>(tiling, [=](Int64 row) {
            const Int64 start = row * tiling.rowLength;
            return [=](auto width, int i) {
                const Pack<width.Value, Accumulator> sum = SumOf<width.Value>(parts + start + i, count, partCount);
                StorePack(y + start + i, ApplyEpilogue<width.Value>(epilogue, sum, row, i, tiling.rowLength));
            };
        });
        return;
    }
    ForEachRow(tiling, [=](Int64 row, int first, int end, int step) {
        const Int64 start = row * tiling.rowLength;
        if constexpr (sizeof(Scalar) == sizeof(Accumulator)) {
            for (int part = 0; part < partCount; part++) {
                for (int i = first; i < end; i++) {
                    const Accumulator sum = parts[part * count + start + i];
                    y[start + i] = part == 0 ? sum : y[start + i] + sum;
                }
            }
            ApplyEpilogueToRow(epilogue, y + start + first, row, first, end - first, tiling.rowLength);
            return;
        }
        for (int i = first; i < end; i += step) {
            Accumulator sum = parts[start + i];
            for (int part = 1; part < partCount; part++) sum += parts[part * count + start + i];
            y[start + i] = ApplyEpilogue(epilogue, sum, row, i, tiling.rowLength);
        }
    });
}
