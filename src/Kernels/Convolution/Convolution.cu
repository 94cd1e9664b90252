// Convolution: cross-correlation over time, rows and columns, as an implicit matrix product (implicit GEMM). With gaps
// between the elements of x (up) it also computes the adjoint of a strided convolution.
//   y[n,p,o] = epilogue(sum over taps k and channels c of w[o,k,c] x[n,q,c]), see Epilogue.cuh,
//   with q = (stride p - before + dilation k) / up, where that is whole and within x
//
// Shapes   x: [N, T, H, W, G*C]; w: [G*O, kT, kH, kW, C]; y: [N, T', H', W', G*O]; contiguous, G groups;
//          factor: [rows / factorRows, G*O]; noise: [rows]; bias: [G*O]; residual: as y
// Types    stored as Scalar, summed in Accumulator
// Launch   256 threads a block, exactly; one block for every Tile x Tile of [rows of a phase, O]; groups along y of the
//          grid, the phases of Phases.cuh along z
// Cost     2*rows*G*O*taps*C operations, divided by the number of phases; reads x O/Tile times
// Limits   no host form: there a convolution goes to ConvolutionHost
// Source   implicit matrix product: Chetlur et al. 2014, cuDNN, section 3.2
#include "Common/Prelude.cuh"
#include "Common/Epilogue.cuh"
#include "Convolution/Phases.cuh"

constexpr int Tile = 64;       // output rows, and channels, that a block computes
constexpr int Depth = 16;      // K extent of the slices of x and w in shared memory
constexpr int ThreadTile = 4;  // rows, and channels, that a thread computes: 16 x 16 threads
constexpr int Threads = 256;

KERNEL Convolution(
    const Scalar* __restrict__ x, const Scalar* __restrict__ w, const Scalar* __restrict__ factor,
    const Scalar* __restrict__ noise, const Scalar* __restrict__ bias, const Scalar* __restrict__ residual,
    Scalar* __restrict__ y, EpilogueParameters parameters, Plan plan)
{
    // Padded by one, so that the threads that write one column of a slice hit different banks.
    __shared__ Accumulator xSlice[Depth][Tile + 1];
    __shared__ Accumulator wSlice[Depth][Tile + 1];
    __shared__ Site sites[Tile];  // of this block's rows; written once, read by all
    const int tilesAcross = (plan.outGroup + Tile - 1) / Tile;
    const Phase phase = PhaseOf(plan, blockIdx.z);
    const Int64 rowCount = OutputCount(phase.plan);
    const Int64 row = Int64(blockIdx.x / tilesAcross) * Tile;
    const int column = int(blockIdx.x % tilesAcross) * Tile;
    const int group = blockIdx.y;
    if (row >= rowCount) return;  // the whole block: the grid is sized for the phase with the most rows
    const Int64 weightRow = Int64(plan.kT) * plan.kH * plan.kW * plan.inGroup;
    const Scalar* weights = w + Int64(group) * plan.outGroup * weightRow;
    const int threadRow = int(threadIdx.x) / (Tile / ThreadTile) * ThreadTile;
    const int threadColumn = int(threadIdx.x) % (Tile / ThreadTile) * ThreadTile;
    if (threadIdx.x < Tile) sites[threadIdx.x] = OutputSite(phase.plan, row + threadIdx.x);
    __syncthreads();  // writes of the sites | reads of them

    Accumulator sum[ThreadTile][ThreadTile] = {};
    for (Int64 slice = 0; slice < phase.depth; slice += Depth) {
        for (int i = threadIdx.x; i < Tile * Depth; i += Threads) {
            const int lane = i % Depth, r = i / Depth;
            const Int64 at = slice + lane;
            Accumulator xValue = 0, wValue = 0;
            if (at < phase.depth && row + r < rowCount) {
                const Int64 element = SourceElement(phase.plan, sites[r], group, at);
                if (element >= 0) xValue = Accumulator(x[element]);
            }
            if (at < phase.depth && column + r < plan.outGroup) {
                wValue = Accumulator(weights[(column + r) * weightRow + WeightElement(plan, phase, int(at))]);
            }
            xSlice[lane][r] = xValue;
            wSlice[lane][r] = wValue;
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
    const int outputs = plan.groups * plan.outGroup;
    for (int i = 0; i < ThreadTile; i++) {
        for (int j = 0; j < ThreadTile; j++) {
            const Int64 r = row + threadRow + i;
            const int o = column + threadColumn + j;
            const int channel = group * plan.outGroup + o;
            if (r < rowCount && o < plan.outGroup) {
                const Int64 target = RowOf(plan, phase, r);
                y[target * outputs + channel] = ApplyEpilogue(epilogue, sum[i][j], target, channel, outputs);
            }
        }
    }
}
