// ConvolutionHost: convolution on the CPU, a range of the outputs a block, one core a block, by one of four methods:
// Winograd tiles, flat or tall (HostWinograd); directly, with few output channels as the vector lanes (HostDirect), or
// with columns as lanes where channels would not fill a vector (HostColumns); or by im2col and a matrix product, some
// lines of taps at a time, so that the packed matrix stays in the core's cache.
//   y[row,o] = epilogue(sum over taps and channels of w[o,tap,c] x[source(row,tap),c]), see Epilogue.cuh
//   with scales: x[source,c] scales[n,t,c] in place of x[source,c], where t is the frame of the source
//   isAdjoint, by tiles only: w[c,last tap - tap,o] in place of w[o,tap,c]
//
// Shapes   as Convolution.cu; scales: [N, T or 1, G*C], or null
// Types    float and double
// Launch   one block for every rowsPerBlock output rows; by tiles as WinogradPlan divides them
// Cost     2*rows*O*taps*C operations; 3.6 times fewer by tiles, 4.3 by tall ones
// Source   Chellapilla et al. 2006, High performance convolutional neural networks (unrolling to a matrix product)
#include "Common/Prelude.cuh"
#include "Convolution/Plan.cuh"
#include "MatrixProduct/HostProduct.cuh"
#include "Convolution/HostPack.cuh"
#include "Convolution/HostColumns.cuh"
#include "Convolution/HostDirect.cuh"
#include "Convolution/HostMethod.cuh"
#include "Convolution/HostWinograd.cuh"

KERNEL ConvolutionHost(
    const Scalar* x, const Scalar* w, const Scalar* scales, const Scalar* factor, const Scalar* noise,
    const Scalar* bias, const Scalar* residual, Scalar* y, LibraryProduct library, EpilogueParameters parameters,
    Plan plan, WinogradPlan division, int scaleFrames, int rowsPerBlock, int linesPerPack, int method, int isAdjoint)
{
    const Input input = {x, scales, scaleFrames};
    const Epilogue epilogue = {factor, noise, bias, residual, parameters};
    if (method == ByTiles) {
        ConvolveTiles<FlatTile>(plan, division, input, w, epilogue, y, isAdjoint, blockIdx.x);
        return;
    }
    if (method == ByTallTiles) {
        ConvolveTiles<TallTile>(plan, division, input, w, epilogue, y, isAdjoint, blockIdx.x);
        return;
    }
    const int outChannels = plan.groups * plan.outGroup;
    if (method == Directly || method == ByColumns) {
        // A block computes whole lines: those that begin within its rows.
        const Int64 lineCount = OutputCount(plan) / plan.outW;
        const Int64 firstLine = (Int64(blockIdx.x) * rowsPerBlock + plan.outW - 1) / plan.outW;
        const Int64 endLine = Minimum(lineCount, (Int64(blockIdx.x + 1) * rowsPerBlock + plan.outW - 1) / plan.outW);
        if (method == Directly) ConvolveLines(plan, input, w, y, firstLine, endLine);
        else ConvolveLinesByColumns(plan, input, w, y, firstLine, endLine);
        ApplyEpilogueToRows(epilogue, y, firstLine * plan.outW, endLine * plan.outW, outChannels);
        return;
    }
    const Int64 first = Int64(blockIdx.x) * rowsPerBlock;
    const Int64 end = Minimum(OutputCount(plan), first + rowsPerBlock);
    const int lineCount = plan.kT * plan.kH;
    const int lineLength = plan.kW * plan.inGroup;
    const Int64 depth = Int64(lineCount) * lineLength;
    Scalar* packed = Scratch(size_t(rowsPerBlock) * linesPerPack * lineLength);
    for (int group = 0; group < plan.groups; group++) {
        const Scalar* weights = w + group * plan.outGroup * depth;
        Scalar* target = y + first * outChannels + group * plan.outGroup;
        if (IsPlain(plan, input)) {
            Product(
                library, false, true, int(end - first), plan.outGroup, plan.inGroup, x + first * plan.inGroup,
                plan.inGroup, weights, depth, false, target, outChannels);
            continue;
        }
        for (int line = 0; line < lineCount; line += linesPerPack) {
            const int endLine = Minimum(lineCount, line + linesPerPack);
            const int width = (endLine - line) * lineLength;
            PackLines(plan, input, first, end, line, endLine, group, packed);
            Product(
                library, false, true, int(end - first), plan.outGroup, width, packed, width,
                weights + line * lineLength, depth, line > 0, target, outChannels);
        }
    }
    ApplyEpilogueToRows(epilogue, y, first, end, outChannels);
}
