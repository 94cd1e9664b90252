// ConvolutionWeightGradientHost: the weight gradient of a convolution on the CPU. By im2col and a matrix product, a
// block of the launch computes some lines of taps over one segment of the rows; directly (HostDirect), all weights over
// one segment of the output lines; by Winograd tiles (HostWinogradGradient), some input and output channels over one
// segment of the blocks of tiles.
//   dw[s,o,tap,c] = sum over the rows of segment s of dy[row,o] x[source(row,tap),c]
//   with scales: x[source,c] scales[n,t,c] in place of x[source,c], where t is the frame of the source
//
// Shapes   as ConvolutionWeightGradient.cu; scales: [N, T or 1, G*C], or null
// Types    float and double
// Launch   one block for every segment, or by packed rows for every linesPerBlock lines of taps and segment, or by
//          tiles for every chunk of input and of output channels and segment
// Cost     2*rows*O*taps*C operations; 3.6 times fewer by tiles
#include "Common/Prelude.cuh"
#include "Convolution/Plan.cuh"
#include "MatrixProduct/HostProduct.cuh"
#include "Convolution/HostPack.cuh"
#include "Convolution/HostDirect.cuh"
#include "Convolution/HostMethod.cuh"
#include "Convolution/HostWinogradGradient.cuh"

KERNEL ConvolutionWeightGradientHost(
    const Scalar* x, const Scalar* dy, const Scalar* scales, Scalar* dw, LibraryProduct library, Plan plan,
    WinogradPlan division, int scaleFrames, int segmentCount, int rowsPerPack, int linesPerBlock, int method)
{
    const Input input = {x, scales, scaleFrames};
    const Int64 size = Int64(plan.groups) * plan.outGroup * plan.kT * plan.kH * plan.kW * plan.inGroup;
    if (method == ByTiles) {
        const Int64 blocks = TileBlockCount(plan, division);
        const Int64 perSegment = (blocks + segmentCount - 1) / segmentCount;
        const int segment = int(blockIdx.x % segmentCount);
        const int part = int(blockIdx.x / segmentCount), parts = Parts(plan.outGroup, division.outputsAtOnce);
        const Chunk inputs = ChunkAt(part / parts * division.inputsAtOnce, division.inputsAtOnce, plan.inGroup);
        const Chunk outputs = ChunkAt(part % parts * division.outputsAtOnce, division.outputsAtOnce, plan.outGroup);
        const Int64 first = Minimum(blocks, segment * perSegment), end = Minimum(blocks, first + perSegment);
        WeightGradientOfTiles(plan, division, input, dy, dw + segment * size, inputs, outputs, first, end);
        return;
    }
    if (method == Directly) {
        const Int64 lines = OutputCount(plan) / plan.outW;
        const Int64 perSegment = (lines + segmentCount - 1) / segmentCount;
        WeightGradientOfLines(
            plan, input, dy, dw + blockIdx.x * size, Minimum(lines, blockIdx.x * perSegment),
            Minimum(lines, (blockIdx.x + 1) * perSegment));
        return;
    }
    const int lineCount = plan.kT * plan.kH;
    const int lineLength = plan.kW * plan.inGroup;
    const Int64 depth = Int64(lineCount) * lineLength;
    const int outChannels = plan.groups * plan.outGroup;
    const int firstLine = int(blockIdx.x / segmentCount) * linesPerBlock;
    const int endLine = Minimum(lineCount, firstLine + linesPerBlock);
    const int width = (endLine - firstLine) * lineLength;
    const int segment = int(blockIdx.x % segmentCount);
    const Int64 segmentLength = (OutputCount(plan) + segmentCount - 1) / segmentCount;
    const Int64 first = segment * segmentLength;
    const Int64 end = Minimum(OutputCount(plan), first + segmentLength);
    Scalar* packed = Scratch(size_t(rowsPerPack) * width);
    for (int group = 0; group < plan.groups; group++) {
        Scalar* target =
            dw + (Int64(segment) * outChannels + group * plan.outGroup) * depth + Int64(firstLine) * lineLength;
        if (first >= end) {  // the last segments may be empty
            for (int o = 0; o < plan.outGroup; o++) memset(target + o * depth, 0, sizeof(Scalar) * width);
        }
        for (Int64 row = first; row < end; row += rowsPerPack) {
            const Int64 endRow = Minimum(end, row + rowsPerPack);
            const Scalar* rows = IsPlain(plan, input) ? x + row * plan.inGroup : packed;
            if (!IsPlain(plan, input)) PackLines(plan, input, row, endRow, firstLine, endLine, group, packed);
            Product(
                library, true, false, plan.outGroup, width, int(endRow - row),
                dy + row * outChannels + group * plan.outGroup, outChannels, rows, width, row > first, target, depth);
        }
    }
}
