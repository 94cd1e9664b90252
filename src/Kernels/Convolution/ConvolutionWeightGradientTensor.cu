// ConvolutionWeightGradientTensor: the gradient of a convolution with respect to its weights on tensor cores.
//   dw[o,k,c] = sum over the rows of dy[row,o] x[source(row,k),c]
//   Split-K, S > 1: parts[s] = the sum over part s of the rows; SplitKReduction adds them
//
// Shapes   x: [N, T, H, W, C]; dy: [N, T', H', W', O]; dw: [O, kT, kH, kW, C]; parts: [S, O, taps*C]; contiguous
// Types    Half, BFloat16, or, not in warpgroups, float multiplied as tf32; summed in float
// Launch   TileThreads a block, exactly; one block for every tile of [O, taps*C], parts along y of the grid
// Cost     2*rows*O*taps*C operations
// Limits   no host form; one group; C and O channels are multiples of 16 bytes; up to 2^31 - 1 rows
// Source   as ConvolutionTensor.cu; parts instead of atomics, so that the same input gives the same bits
#include "Common/Prelude.cuh"      // KERNEL_OF, Scalar
#include "Common/TensorTile.cuh"   // MultiplyTile, StoreTile
#include "Convolution/Plan.cuh"    // Plan
#if HasWarpgroups
#include "Convolution/PixelBoxes.cuh"  // TapsByOutputs
#else
#include "Convolution/Gather.cuh"  // TapsByOutputs
#endif

KERNEL_OF(TileThreads) ConvolutionWeightGradientTensor(
    OPERAND x, OPERAND dy, Scalar* __restrict__ dw, float* __restrict__ parts,
    Plan plan, int slicesOfPart)
{
    DYNAMIC_SHARED(char, ring);  // [Stages, StageBytes], then in its place [TileRows, SumStride] floats
    const int outputs = plan.outGroup;
    const int columns = plan.kT * plan.kH * plan.kW * plan.inGroup;
#if HasWarpgroups
    const int paddedColumns = plan.kT * plan.kH * plan.kW * BoxesOfTap(plan) * BoxLength;
#else
    const int paddedColumns = columns;
#endif
    const int tilesAcross = (paddedColumns + TileColumns - 1) / TileColumns;
    const int row = int(blockIdx.x / tilesAcross) * TileRows;
    const int column = int(blockIdx.x % tilesAcross) * TileColumns;
    const int rowCount = int(OutputCount(plan));
    const int part = blockIdx.y, first = part * slicesOfPart;
    const int sliceCount = (rowCount + SliceDepth - 1) / SliceDepth;
#if HasWarpgroups
    MatrixSource<TileRows, false> dySource = {dy, row, 0};
    TapsByOutputs xSource = {x, plan, column};
#else
    MatrixSource<TileRows, false> dySource(dy, outputs, row, outputs, rowCount, first, true);
    TapsByOutputs xSource(x, plan, column, first);
#endif

    TileSums sums = {};
    MultiplyTile<false, false>(sums, ring, dySource, xSource, first, Minimum(sliceCount, first + slicesOfPart));

    // Always packed: C is a multiple of a pack.
    const TileExtent extent = {outputs - row, paddedColumns - column, true};
    const auto columnOf = [=](int c) {
#if HasWarpgroups
        const int channels = BoxesOfTap(plan) * BoxLength, channel = (column + c) % channels;
        return channel < plan.inGroup ? (column + c) / channels * plan.inGroup + channel : -1;
#else
        return column + c;
#endif
    };
    const float* values = ShareSums(sums, ring);
    const Int64 at = Int64(row) * columns;
    if (parts != nullptr) {
        StorePlain(values, extent, parts + Int64(part) * outputs * columns + at, columns, AsInTile(), columnOf);
    } else {
        StorePlain(values, extent, dw + at, columns, AsInTile(), columnOf);
    }
}
