// HostWinogradGradient: the weight gradient of a convolution that HostWinograd does, in the same places.
//   dw = G' [sum over tiles of (B' d B) . (A dy A')] G for every output channel, tap over time and channel
#pragma once
#include "Convolution/HostWinograd.cuh"

// Input channels whose sums are kept in registers, with two vectors of output channels.
constexpr int StripChannels = Registers == 32 && Lanes >= 8 ? 8 : Lanes >= 4 ? 4 : Lanes;

// A pass of rows stays in the first-level cache, of both factors. What a chunk of input channels has of them, and its
// sums, stays in the second-level cache for all panels of output channels.
constexpr int RowsPerPass = 128;
constexpr int ChunkChannels = 64;

// A y of two elements along one axis.
DEVICE void TransformGradientAxis(Vector first, Vector second, Vector* to, int step)
{
    to[0] = first;
    to[step] = first + second;
    to[2 * step] = first - second;
    to[3 * step] = -second;
}

// g: [place][row][width] from the upstream gradient of the block's tiles; nothing beyond the edges.
static void TransformGradient(
    const Plan& plan, const WinogradPlan& division, const TileBlock& block, const Scalar* dy, int firstChannel,
    int width, Scalar* g, Int64 placeStride)
{
    const int channels = plan.outGroup;
    for (int tile = 0; tile < block.frames * block.tiles; tile++) {
        const int t = block.firstFrame + tile / block.tiles;
        const int h = (block.firstLine + tile % block.tiles / division.tilesW) * TileSide;
        const int w = tile % division.tilesW * TileSide;
        const bool hasRow = h + 1 < plan.outH, hasColumn = w + 1 < plan.outW;
        const Scalar* source =
            dy + (((Int64(block.clip) * plan.outT + t) * plan.outH + h) * plan.outW + w) * channels + firstChannel;
        const Scalar* below = source + Int64(plan.outW) * channels;
        for (int c = 0; c < width; c += Lanes) {
            Vector lines[PatchSide * 2], places[Places];
            TransformGradientAxis(Load(source + c), hasRow ? Load(below + c) : Vector{}, lines, 2);
            TransformGradientAxis(
                hasColumn ? Load(source + channels + c) : Vector{},
                hasRow && hasColumn ? Load(below + channels + c) : Vector{}, lines + 1, 2);
#pragma GCC unroll 4
            for (int i = 0; i < PatchSide; i++) {
                TransformGradientAxis(lines[2 * i], lines[2 * i + 1], places + PatchSide * i, 1);
            }
            StorePlaces(places, g + Int64(tile) * width + c, placeStride);
        }
    }
}

// Sets, or adds to, StripChannels x (Vectors * Lanes) sums the products over some rows.
template <int Vectors> DEVICE void AddStrip(const Scalar* v, const Scalar* g, int rows, Scalar* sums, bool isFirst)
{
    constexpr int Width = Vectors * Lanes;
    Vector sum[StripChannels][Vectors];
#pragma GCC unroll 8
    for (int i = 0; i < StripChannels; i++) {
#pragma GCC unroll 2
        for (int j = 0; j < Vectors; j++) sum[i][j] = isFirst ? Vector{} : Load(sums + i * Width + j * Lanes);
    }
    for (int row = 0; row < rows; row++, v += Lanes, g += Width) {
        Vector gradient[Vectors];
#pragma GCC unroll 2
        for (int j = 0; j < Vectors; j++) gradient[j] = *reinterpret_cast<const Vector*>(g + j * Lanes);
#pragma GCC unroll 8
        for (int i = 0; i < StripChannels; i++) {
#pragma GCC unroll 2
            for (int j = 0; j < Vectors; j++) sum[i][j] += gradient[j] * v[i];
        }
    }
#pragma GCC unroll 8
    for (int i = 0; i < StripChannels; i++) {
#pragma GCC unroll 2
        for (int j = 0; j < Vectors; j++) *reinterpret_cast<Vector*>(sums + i * Width + j * Lanes) = sum[i][j];
    }
}

// Input channels of one chunk.
struct Chunk {
    int first, channels;
};

// The products of one place of one chunk and one panel; sums: [tap over time][channel][width].
template <int Vectors>
static void AddPlace(
    const Plan& plan, const TileBlock& block, Chunk chunk, const Scalar* v, const Scalar* g, Scalar* sums, bool isFirst)
{
    constexpr int Width = Vectors * Lanes;
    const int rows = block.frames * block.tiles;
    for (int row = 0; row < rows; row += RowsPerPass) {
        const int count = Minimum(RowsPerPass, rows - row);
        for (int tap = 0; tap < plan.kT; tap++) {
            for (int c = 0; c < chunk.channels; c += StripChannels) {
                const int channel = chunk.first + c;
                const Int64 firstRow = Int64(channel / Lanes) * block.rowsRead + tap * block.tiles + row;
                AddStrip<Vectors>(
                    v + firstRow * Lanes + channel % Lanes, g + Int64(row) * Width, count,
                    sums + (Int64(tap) * chunk.channels + c) * Width, isFirst && row == 0);
            }
        }
    }
}

// G' u of four elements along one axis.
DEVICE void TransformSumAxis(Vector a, Vector b, Vector c, Vector d, Vector* to, int step)
{
    const Vector sum = (b + c) * Scalar(0.5);
    to[0] = a + sum;
    to[step] = (b - c) * Scalar(0.5);
    to[2 * step] = sum + d;
}

// Weights' gradient of a panel and a chunk from its sums: [place][tap over time][channel][width].
static void TransformSums(
    const Plan& plan, Chunk chunk, const Scalar* sums, int firstChannel, int width, Scalar* dw)
{
    const int channels = plan.inGroup, depth = plan.kT * chunk.channels;
    const Int64 placeStride = Int64(depth) * width;
    Vector turned[9][Lanes];
    for (int k = 0; k < depth; k += Lanes) {
        const int tap = k / chunk.channels, channel = chunk.first + k % chunk.channels;
        for (int o = 0; o < width; o += Lanes) {
            for (int lane = 0; lane < Lanes; lane++) {
                const Scalar* from = sums + Int64(k + lane) * width + o;
                Vector lines[3 * PatchSide], taps[9];
#pragma GCC unroll 4
                for (int i = 0; i < PatchSide; i++) {
                    const Scalar* at = from + i * placeStride;
                    TransformSumAxis(
                        Load(at), Load(at + 4 * placeStride), Load(at + 8 * placeStride), Load(at + 12 * placeStride),
                        lines + i, PatchSide);
                }
#pragma GCC unroll 3
                for (int i = 0; i < 3; i++) {
                    const Vector* line = lines + PatchSide * i;
                    TransformSumAxis(line[0], line[1], line[2], line[3], taps + 3 * i, 1);
                }
#pragma GCC unroll 9
                for (int i = 0; i < 9; i++) turned[i][lane] = taps[i];
            }
            for (int i = 0; i < 9; i++) {
                Transpose(turned[i]);
                for (int lane = 0; lane < Lanes; lane++) {
                    const Int64 kernel = Int64(firstChannel + o + lane) * plan.kT + tap;
                    Store(dw + (kernel * 9 + i) * channels + channel, turned[i][lane]);
                }
            }
        }
    }
}

// What a block of the launch works on: some output channels, whose transformed gradients and sums lie panel by panel.
struct GradientPanels {
    int firstChannel, endChannel;
    const Scalar* v;
    Scalar* g;           // [panel][place][row][width]
    Int64 gradientStride;  // of a place
    Scalar* sums;        // [chunk][panel][place][tap over time][channel][width]
    Int64 sumsStride;    // of a panel of a whole chunk
};

DEVICE int WidthAt(const GradientPanels& panels, int panel)
{
    return Minimum(PanelWidth, panels.endChannel - panels.firstChannel - panel * PanelWidth);
}

// The products of one chunk, of all places and panels.
static void AddChunk(
    const Plan& plan, const TileBlock& block, const GradientPanels& panels, int panelCount, Chunk chunk, Scalar* sums,
    bool isFirst)
{
    for (int place = 0; place < Places; place++) {
        const Scalar* v = panels.v + place * InputStride(plan, block);
        for (int panel = 0; panel < panelCount; panel++) {
            const int width = WidthAt(panels, panel);
            const Scalar* g = panels.g + (Int64(panel) * Places + place) * panels.gradientStride;
            Scalar* target =
                sums + panel * panels.sumsStride + Int64(place) * plan.kT * chunk.channels * width;
            if (width == PanelWidth) AddPlace<2>(plan, block, chunk, v, g, target, isFirst);
            else AddPlace<1>(plan, block, chunk, v, g, target, isFirst);
        }
    }
}

// dw for channelsPerBlock output channels = the weight gradient over the blocks of tiles of a segment. The sums of
// channelsAtOnce of them are held at a time; of a segment of one block only those of a chunk.
DEVICE void WeightGradientOfTiles(
    const Plan& plan, const WinogradPlan& division, const Scalar* x, const Scalar* dy, Scalar* dw, int firstChannel,
    Int64 firstBlock, Int64 endBlock)
{
    const bool isOneBlock = endBlock - firstBlock == 1;
    const int endChannel = Minimum(plan.outGroup, firstChannel + division.channelsPerBlock);
    const Int64 kernelSize = Int64(plan.kT) * 9 * plan.inGroup;
    if (firstBlock >= endBlock) {  // no tiles are left for the last segments
        memset(dw + firstChannel * kernelSize, 0, sizeof(Scalar) * (endChannel - firstChannel) * kernelSize);
        return;
    }
    const Int64 rows = Int64(division.framesPerBlock) * division.linesPerBlock * division.tilesW;
    const Int64 rowsRead = rows + StripRows + Int64(plan.kT - 1) * division.linesPerBlock * division.tilesW;
    const Int64 inputSize = Places * PlaceStride(rowsRead * plan.inGroup);
    const int mostPanels = division.channelsAtOnce / PanelWidth;
    const int chunkChannels = Minimum(ChunkChannels, plan.inGroup);
    const int chunkCount = (plan.inGroup + chunkChannels - 1) / chunkChannels;
    GradientPanels panels;
    panels.gradientStride = PlaceStride(rows * PanelWidth);
    panels.sumsStride = Int64(Places) * plan.kT * chunkChannels * PanelWidth;
    const Int64 gradientSize = mostPanels * Places * panels.gradientStride;
    const Int64 chunkSize = mostPanels * panels.sumsStride;
    const Int64 sumsSize = (isOneBlock ? 1 : chunkCount) * chunkSize;
    Scalar* v = Scratch(inputSize + gradientSize + sumsSize + plan.inGroup);
    panels.v = v;
    panels.g = v + inputSize;
    panels.sums = panels.g + gradientSize;
    Scalar* zeros = panels.sums + sumsSize;
    memset(zeros, 0, sizeof(Scalar) * plan.inGroup);
    for (int channel = firstChannel; channel < endChannel; channel += division.channelsAtOnce) {
        panels.firstChannel = channel;
        panels.endChannel = Minimum(endChannel, channel + division.channelsAtOnce);
        const int panelCount = (panels.endChannel - channel + PanelWidth - 1) / PanelWidth;
        for (Int64 index = firstBlock; index < endBlock; index++) {
            const TileBlock block = TileBlockAt(plan, division, index);
            if (channel == firstChannel || !isOneBlock) TransformInput(plan, division, block, x, zeros, v);
            for (int panel = 0; panel < panelCount; panel++) {
                TransformGradient(
                    plan, division, block, dy, channel + panel * PanelWidth, WidthAt(panels, panel),
                    panels.g + panel * Places * panels.gradientStride, panels.gradientStride);
            }
            for (int chunkIndex = 0; chunkIndex < chunkCount; chunkIndex++) {
                const int first = chunkIndex * chunkChannels;
                const Chunk chunk = {first, Minimum(chunkChannels, plan.inGroup - first)};
                Scalar* sums = panels.sums + (isOneBlock ? 0 : chunkIndex * chunkSize);
                AddChunk(plan, block, panels, panelCount, chunk, sums, index == firstBlock);
                if (index < endBlock - 1) continue;
                for (int panel = 0; panel < panelCount; panel++) {
                    TransformSums(
                        plan, chunk, sums + panel * panels.sumsStride, channel + panel * PanelWidth,
                        WidthAt(panels, panel), dw);
                }
            }
        }
    }
}
