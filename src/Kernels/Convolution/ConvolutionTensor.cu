// ConvolutionTensor: cross-correlation on tensor cores, with what follows it fused; with gaps between the elements of x
// (up) it is the adjoint of a strided one too.
//   y[n,p,o] = epilogue(sum over taps k and channels c of w[o,k,c] x[n,q,c]), see Epilogue.cuh,
//   with q = (stride p - before + dilation k) / up, where that is whole and within x
//   With S > 1 parts of the sum: parts[s] = part s; JoinParts does the rest.
//
// Shapes   x: [N, T, H, W, C]; w: [O, kT, kH, kW, C]; y, residual: [N, T', H', W', O]; bias: [O]; noise: [rows];
//          factor: [rows / factorRows, O]; parts: [S, rows, O]; contiguous
// Types    Half, BFloat16, or float multiplied as tf32; summed in float
// Launch   TileThreads a block, exactly; one block for every tile of [rows, O], parts along y of the grid
// Cost     2*rows*O*taps*C operations; reads x O/TileColumns times
// Limits   no host form; one group; C is a multiple of 16 bytes
// Source   implicit matrix product: Chetlur et al. 2014, cuDNN, section 3.2; see TensorTile.cuh
#include "Common/Prelude.cuh"      // KERNEL_OF, Scalar
#include "Convolution/Gather.cuh"  // OutputsByTaps
#include "Common/Epilogue.cuh"     // Finished

KERNEL_OF(TileThreads) ConvolutionTensor(
    const Scalar* __restrict__ x, const Scalar* __restrict__ w, const Scalar* __restrict__ factor,
    const Scalar* __restrict__ noise, const Scalar* __restrict__ bias, const Scalar* __restrict__ residual,
    Scalar* __restrict__ y, float* __restrict__ parts, EpilogueNumbers numbers, Plan plan, int slicesOfPart)
{
    DYNAMIC_SHARED(char, ring);  // [Stages, x and w, rows of 64 bytes or more], then [TileRows, SumStride] floats
    const int outputs = plan.outGroup;
    const int tilesAcross = (outputs + TileColumns - 1) / TileColumns;
    const Int64 row = Int64(blockIdx.x / tilesAcross) * TileRows;
    const int column = int(blockIdx.x % tilesAcross) * TileColumns;
    const int depth = plan.kT * plan.kH * plan.kW * plan.inGroup;
    const Int64 rowCount = OutputCount(plan);
    const int part = blockIdx.y, first = part * slicesOfPart;
    const int sliceCount = (depth + SliceDepth - 1) / SliceDepth;
    OutputsByTaps xSource(x, plan, row, first);
    MatrixSource<TileColumns, true> wSource(w, depth, column, outputs, depth, true);

    TileSums sums = {};
    MultiplyTile<true, true>(sums, ring, xSource, wSource, first, Minimum(sliceCount, first + slicesOfPart));

    const Epilogue epilogue = {factor, noise, bias, residual, numbers};
    StoreTile(sums, ring, [=](int r, int c, float sum) {
        const Int64 at = row + r;
        if (at >= rowCount || column + c >= outputs) return;
        if (parts != nullptr) {
            parts[(part * rowCount + at) * outputs + column + c] = sum;
        } else {
            y[at * outputs + column + c] = Finished(epilogue, sum, at, column + c, outputs);
        }
    });
}
