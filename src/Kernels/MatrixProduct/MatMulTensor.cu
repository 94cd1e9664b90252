// MatMulTensor: batched matrix product on tensor cores with a fused epilogue.
//   y[b,m,n] = epilogue(sum over k of op(x[b])[m,k] op(w[b])[k,n]), where op transposes if asked; see Epilogue.cuh
//   Split-K, S > 1: parts[s,b,m,n] = the sum over part s of K; SplitKReduction adds the parts and applies the epilogue.
//
// Shapes   x: [B, M, K], or [B, K, M] if transposed; w: [B, K, N], or [B, N, K] if transposed; either with one matrix
//          for the whole batch; factor: [B*M / factorRows, N]; noise: [B*M]; bias: [N]; y, residual: [B, M, N];
//          parts: [S, B, M, N]
// Types    Half, BFloat16, and, without warpgroups, float multiplied as tf32; accumulated in float
// Launch   exactly TileThreads a block; one block per tile of y, batches along y of the grid, parts along z
// Cost     2*B*M*N*K operations; reads x N/TileColumns times and w M/TileRows times
// Limits   no host form; K up to 2^31 - 64; with warpgroups, rows must begin at multiples of 16 bytes
// Source   see TensorTile.cuh
#include "Common/Prelude.cuh"     // KERNEL_OF, Scalar
#include "Common/TensorTile.cuh"  // MultiplyTile
#include "Common/TileResult.cuh"  // StoreResult

KERNEL_OF(TileThreads) MatMulTensor(
    OPERAND x, OPERAND w, const Scalar* __restrict__ factor, const Scalar* __restrict__ noise,
    const Scalar* __restrict__ bias, const Scalar* __restrict__ residual, Scalar* __restrict__ y,
    float* __restrict__ parts, EpilogueParameters parameters, int m, int n, int k, Int64 xBatch, Int64 wBatch,
    int slicesOfPart, int isXAligned, int isWAligned, int isPacked)
{
    DYNAMIC_SHARED(char, ring);  // ring of Stages stages, see TensorTile.cuh; then [TileRows, SumStride] floats
    const int tilesAcross = (n + TileColumns - 1) / TileColumns;
    const int row = int(blockIdx.x / tilesAcross) * TileRows;
    const int column = int(blockIdx.x % tilesAcross) * TileColumns;
    const int batch = blockIdx.y, part = blockIdx.z, first = part * slicesOfPart;
#if HasWarpgroups
    MatrixSource<TileRows, !TransposeX> xSource = {x, row, xBatch == 0 ? 0 : batch};
    MatrixSource<TileColumns, bool(TransposeW)> wSource = {w, column, wBatch == 0 ? 0 : batch};
#else
    MatrixSource<TileRows, !TransposeX> xSource(
        x + batch * xBatch, TransposeX ? m : k, row, m, k, first, isXAligned);
    MatrixSource<TileColumns, bool(TransposeW)> wSource(
        w + batch * wBatch, TransposeW ? k : n, column, n, k, first, isWAligned);
#endif

    const int sliceCount = (k + SliceDepth - 1) / SliceDepth;
    TileSums sums = {};
    MultiplyTile<!TransposeX, bool(TransposeW)>(
        sums, ring, xSource, wSource, first, Minimum(sliceCount, first + slicesOfPart));

    const TileResult result = {
        {factor, noise, bias, residual, parameters}, y, Moved(parts, Int64(part) * gridDim.y * m * n),
        Int64(batch) * m + row, column, n};
    StoreResult(sums, ring, result, {m - row, n - column, bool(isPacked)}, AsInTile());
}
