// MatMul: batched matrix product with a fused epilogue.
//   y[b,m,n] = epilogue(sum over k of op(x[b])[m,k] op(w[b])[k,n]), where op transposes if asked; see Epilogue.cuh
//
// Shapes   x: [B, M, K], or [B, K, M] if transposed; w: [B, K, N], or [B, N, K] if transposed; either with one matrix
//          for the whole batch; factor: [B*M / factorRows, N]; noise: [B*M]; bias: [N]; y, residual: [B, M, N]
// Types    double, and float without rounding to tf32; 16-bit floats and float as tf32 go to MatMulTensor
// Launch   exactly 256 threads a block; one block per Tile x Tile tile of y; batches along y of the grid
// Cost     2*B*M*N*K operations; reads x N/Tile times and w M/Tile times
// Limits   no host form: the host device uses MatMulHost
// Source   tiling of CUTLASS's SIMT kernels, Kerr et al. 2017: block tile in shared memory, thread tile in registers
#include "Common/Prelude.cuh"
#include "Common/Epilogue.cuh"

constexpr int Tile = 64;       // rows and columns of y that a block computes
constexpr int Depth = 16;      // K extent of the slices of x and w in shared memory
constexpr int ThreadTile = 4;  // rows and columns of y that a thread computes: 16 x 16 threads
constexpr int Threads = 256;

KERNEL MatMul(
    const Scalar* __restrict__ x, const Scalar* __restrict__ w, const Scalar* __restrict__ factor,
    const Scalar* __restrict__ noise, const Scalar* __restrict__ bias, const Scalar* __restrict__ residual,
    Scalar* __restrict__ y, EpilogueParameters parameters, int m, int n, int k, Int64 xBatch, Int64 wBatch)
{
    // Padded by one column, so that the threads of a warp that write the same column of a slice hit different banks.
    __shared__ Accumulator xSlice[Depth][Tile + 1];
    __shared__ Accumulator wSlice[Depth][Tile + 1];
    const int tilesAcross = (n + Tile - 1) / Tile;
    const int row = int(blockIdx.x / tilesAcross) * Tile;
    const int column = int(blockIdx.x % tilesAcross) * Tile;
    const Scalar* xStart = x + blockIdx.y * xBatch;
    const Scalar* wStart = w + blockIdx.y * wBatch;
    const int threadRow = int(threadIdx.x) / (Tile / ThreadTile) * ThreadTile;
    const int threadColumn = int(threadIdx.x) % (Tile / ThreadTile) * ThreadTile;

    Accumulator sum[ThreadTile][ThreadTile] = {};
    for (int slice = 0; slice < k; slice += Depth) {
        for (int i = threadIdx.x; i < Tile * Depth; i += Threads) {
            // Coalesced in either layout: neighbouring threads read neighbouring elements.
            const int xr = TransposeX ? i % Tile : i / Depth, xk = TransposeX ? i / Tile : i % Depth;
            const bool xInside = row + xr < m && slice + xk < k;
            const Int64 xAt = TransposeX ? Int64(slice + xk) * m + row + xr : Int64(row + xr) * k + slice + xk;
            xSlice[xk][xr] = xInside ? Accumulator(xStart[xAt]) : Accumulator(0);
            const int wc = TransposeW ? i / Depth : i % Tile, wk = TransposeW ? i % Depth : i / Tile;
            const bool wInside = column + wc < n && slice + wk < k;
            const Int64 wAt = TransposeW ? Int64(column + wc) * k + slice + wk : Int64(slice + wk) * n + column + wc;
            wSlice[wk][wc] = wInside ? Accumulator(wStart[wAt]) : Accumulator(0);
        }
        __syncthreads();  // writes of the slices | reads of them
        for (int p = 0; p < Depth; p++) {
            for (int i = 0; i < ThreadTile; i++) {
                for (int j = 0; j < ThreadTile; j++) {
                    sum[i][j] += xSlice[p][threadRow + i] * wSlice[p][threadColumn + j];
                }
            }
        }
        __syncthreads();  // reads of the slices | writes of the next ones
    }

    const Epilogue epilogue = {factor, noise, bias, residual, parameters};
    for (int i = 0; i < ThreadTile; i++) {
        for (int j = 0; j < ThreadTile; j++) {
            const int r = row + threadRow + i, c = column + threadColumn + j;
            const Int64 at = Int64(blockIdx.y) * m + r;
            if (r < m && c < n) y[at * n + c] = ApplyEpilogue(epilogue, sum[i][j], at, c, n);
        }
    }
}
