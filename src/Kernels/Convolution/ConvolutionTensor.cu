// ConvolutionTensor: cross-correlation on tensor cores with a fused epilogue; with gaps between the elements of x (up)
// it also computes the adjoint of a strided convolution.
//   y[n,p,o] = epilogue(sum over taps k and channels c of w[o,k,c] x[n,q,c]), see Epilogue.cuh,
//   with q = (stride p - before + dilation k) / up, where that is whole and within x
//   HasPhases: up > 1; a launch covers the phases of Phases.cuh, so that no gap is multiplied
//   HasScales: x[n,q,c] scales[n,qT,c] in place of x[n,q,c], where qT is the frame of q
//   Split-K, S > 1: parts[s] = partial sum s; SplitKReduction adds them and applies the epilogue
//
// Shapes   x: [N, T, H, W, C]; w: [O, kT, kH, kW, C]; y, residual: [N, T', H', W', O]; bias: [O]; noise: [rows];
//          scales: [N, T or 1, C]; factor: [rows / factorRows, O]; parts: [S, rows, O]; contiguous
// Types    Half, BFloat16, or, not in warpgroups, float multiplied as tf32; summed in float
// Launch   TileThreads a block, exactly; one block for every tile of [rows, O], parts along y of the grid, phases
//          along z
// Cost     2*rows*O*taps*C operations, divided by the number of phases; reads x O/TileColumns times
// Limits   no host form; one group; C channels are a multiple of 16 bytes; neither scales nor phases in warpgroups
// Source   implicit matrix product: Chetlur et al. 2014, cuDNN, section 3.2; see TensorTile.cuh
#include "Common/Prelude.cuh"      // KERNEL_OF, Scalar
#include "Common/TensorTile.cuh"   // MultiplyTile
#include "Common/TileResult.cuh"   // StoreResult
#include "Convolution/Plan.cuh"    // Plan
#if HasWarpgroups
#include "Convolution/PixelBoxes.cuh"  // OutputsByTaps, WeightsByTaps
#else
#include "Convolution/Gather.cuh"  // OutputsByTaps, WeightsByTaps
#endif

#if !defined(HasPhases)
#define HasPhases 0
#endif

struct RowSpan { Int64 first, end; };

// The rows of a tile: with scales, a tile ends with the frame in which it begins.
DEVICE RowSpan TileSpan(const Plan& plan, int tile)
{
    if constexpr (!HasScales) return {Int64(tile) * TileRows, OutputCount(plan)};
    const int frameRows = plan.outH * plan.outW;
    const int tilesOfFrame = (frameRows + TileRows - 1) / TileRows;
    const Int64 start = Int64(tile / tilesOfFrame) * frameRows;
    return {start + tile % tilesOfFrame * TileRows, start + frameRows};
}

KERNEL_OF(TileThreads) ConvolutionTensor(
    OPERAND x, OPERAND w, const Scalar* __restrict__ scales, const Scalar* __restrict__ factor,
    const Scalar* __restrict__ noise, const Scalar* __restrict__ bias, const Scalar* __restrict__ residual,
    Scalar* __restrict__ y, float* __restrict__ parts, EpilogueParameters parameters, Plan plan,
    int slicesOfPart, int scaleFrames, int isPacked)
{
    DYNAMIC_SHARED(char, ring);  // [Stages, StageBytes], then in its place [TileRows, SumStride] floats
    const int outputs = plan.outGroup;
    const int tilesAcross = (outputs + TileColumns - 1) / TileColumns;
    const int column = int(blockIdx.x % tilesAcross) * TileColumns;
    const int part = blockIdx.y, first = part * slicesOfPart;
    const Int64 rowCount = OutputCount(plan);
#if HasPhases
    __shared__ Phase phase;  // in registers, it would leave none for fragments
    if (threadIdx.x == 0) phase = PhaseOf(plan, blockIdx.z);
    __syncthreads();  // the write of the phase | its reads
    const Plan& own = phase.plan;
    const int depth = phase.depth;
#else
    const Plan& own = plan;
    const int depth = plan.kT * plan.kH * plan.kW * plan.inGroup;
#endif
    const RowSpan rows = TileSpan(own, int(blockIdx.x / tilesAcross));
    if (rows.first >= rows.end) return;  // the whole block: the grid is sized for the phase with the most rows
#if HasWarpgroups
    const int sliceCount = depth / plan.inGroup * BoxesOfTap(plan);
    OutputsByTaps xSource = {x, plan, PixelOf(plan, rows.first, 0)};
    WeightsByTaps wSource = {w, plan, column};
#else
    const int sliceCount = (depth + SliceDepth - 1) / SliceDepth;
    OutputsByTaps xSource(x, own, rows.first, rows.end, first);
    if constexpr (HasScales) xSource.Scale(scales, scaleFrames, rows.first);
#if HasPhases
    WeightsByTaps wSource(w, plan, phase, column, first);
#else
    MatrixSource<TileColumns, true> wSource(w, depth, column, outputs, depth, first, true);
#endif
#endif

    TileSums sums = {};
    MultiplyTile<true, true>(sums, ring, xSource, wSource, first, Minimum(sliceCount, first + slicesOfPart));

#if HasPhases
    const Int64 start = RowOf(plan, phase, rows.first);
    const auto rowOf = [=](int row) { return int(RowOf(plan, phase, rows.first + row) - start); };
#else
    const Int64 start = rows.first;
    const AsInTile rowOf = {};
#endif
    const TileResult result = {
        {factor, noise, bias, residual, parameters}, y, Moved(parts, part * rowCount * outputs), start, column,
        outputs};
    const int tileRows = int(Minimum(Int64(TileRows), rows.end - rows.first));
    StoreResult(sums, ring, result, {tileRows, outputs - column, bool(isPacked)}, rowOf);
}
