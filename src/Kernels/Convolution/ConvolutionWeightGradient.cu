// ConvolutionWeightGradient: the gradient of a convolution with respect to its weights, one partial sum per segment of
// the rows.
//   dw[s,o,k,c] = sum over the rows of segment s of dy[row,o] x[source(row,k),c]
//
// Shapes   x: [N, T, H, W, G*C]; dy: [N, T', H', W', G*O]; dw: [S, G*O, kT, kH, kW, C]; contiguous; the launcher adds
//          up the S segments
// Types    read as Scalar, summed and written in Accumulator
// Launch   256 threads a block, exactly; one block for every Tile x Tile of [O, taps*C]; segments along y of the grid,
//          groups along z
// Cost     2*rows*G*O*taps*C operations
// Limits   no host form: there it goes to ConvolutionWeightGradientHost
// Source   as Convolution.cu; segments instead of atomics, so that the same input gives the same bits
#include "Common/Prelude.cuh"
#include "Convolution/Plan.cuh"

constexpr int Tile = 64;       // output channels, and columns of taps x channels, that a block computes
constexpr int Depth = 16;      // rows (K) in shared memory at a time
constexpr int ThreadTile = 4;  // of each, that a thread computes: 16 x 16 threads
constexpr int Threads = 256;

KERNEL ConvolutionWeightGradient(
    const Scalar* __restrict__ x, const Scalar* __restrict__ dy, Accumulator* __restrict__ dw, Plan plan,
    int segmentCount)
{
    // A warp writes along a row, and reads a broadcast of gSlice, so that neither needs padding.
    __shared__ Accumulator gSlice[Depth][Tile];
    __shared__ Accumulator xSlice[Depth][Tile];
    const Int64 depth = Int64(plan.kT) * plan.kH * plan.kW * plan.inGroup;
    const int tilesAcross = int((depth + Tile - 1) / Tile);
    const int o0 = int(blockIdx.x / tilesAcross) * Tile;
    const Int64 k0 = Int64(blockIdx.x % tilesAcross) * Tile;
    const int segment = blockIdx.y, group = blockIdx.z;
    const Int64 rowCount = OutputCount(plan);
    const Int64 segmentLength = (rowCount + segmentCount - 1) / segmentCount;
    const Int64 first = segment * segmentLength;
    const Int64 end = Minimum(rowCount, first + segmentLength);
    const int threadO = int(threadIdx.x) / (Tile / ThreadTile) * ThreadTile;
    const int threadK = int(threadIdx.x) % (Tile / ThreadTile) * ThreadTile;

    Accumulator sum[ThreadTile][ThreadTile] = {};
    for (Int64 slice = first; slice < end; slice += Depth) {
        for (int i = threadIdx.x; i < Tile * Depth; i += Threads) {
            const int lane = i % Tile, r = i / Tile;  // neighbouring threads read neighbouring channels: coalesced
            const Int64 row = slice + r, at = k0 + lane;
            Accumulator xValue = 0, gValue = 0;
            if (row < end && at < depth) {
                const Int64 element = SourceElement(plan, OutputSite(plan, row), group, at);
                if (element >= 0) xValue = Accumulator(x[element]);
            }
            if (row < end && o0 + lane < plan.outGroup) {
                gValue = Accumulator(dy[(row * plan.groups + group) * plan.outGroup + o0 + lane]);
            }
            gSlice[r][lane] = gValue;
            xSlice[r][lane] = xValue;
        }
        __syncthreads();  // writes of the slices | reads of them
        for (int p = 0; p < Depth; p++) {
            for (int i = 0; i < ThreadTile; i++) {
                for (int j = 0; j < ThreadTile; j++) sum[i][j] += gSlice[p][threadO + i] * xSlice[p][threadK + j];
            }
        }
        __syncthreads();  // reads of the slices | writes of the next ones
    }

    for (int i = 0; i < ThreadTile; i++) {
        for (int j = 0; j < ThreadTile; j++) {
            const int o = o0 + threadO + i;
            const Int64 at = k0 + threadK + j;
            if (o >= plan.outGroup || at >= depth) continue;
            dw[((Int64(segment) * plan.groups + group) * plan.outGroup + o) * depth + at] = sum[i][j];
        }
    }
}
