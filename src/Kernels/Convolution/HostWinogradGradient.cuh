// HostWinogradGradient: the weight gradient of a convolution that HostWinograd does, in the same places.
//   dw = G' [sum over tiles of (B' d B) . (A dy A')] G for every output channel, tap over time and channel
#pragma once
#include "Convolution/HostTileTransforms.cuh"

using Tile = FlatTile;

// Input channels whose sums are kept in registers, with two vectors of output channels.
constexpr int StripChannels = Registers == 32 && Lanes >= 8 ? 8 : Lanes >= 4 ? 4 : Lanes;

// A pass of rows stays in the first-level cache, of both factors.
constexpr int RowsPerPass = 64;

// The places of the gradients of a tile; nothing beyond the edges.
DEVICE void TransformTileGradient(const Plan& plan, TileSite site, const Scalar* from, Vector* places)
{
    Vector dy[Tile::Height * TileWidth], lines[Tile::PatchHeight * TileWidth];
#pragma GCC unroll 4
    for (int i = 0; i < Tile::Height; i++) {
#pragma GCC unroll 4
        for (int j = 0; j < TileWidth; j++) {
            const bool isThere = i < site.rows && j < site.columns;
            dy[i * TileWidth + j] = isThere ? Load(from + (Int64(i) * plan.outW + j) * plan.outGroup) : Vector{};
        }
    }
#pragma GCC unroll 4
    for (int j = 0; j < TileWidth; j++) Tile::HeightAxis::Evaluate(dy + j, TileWidth, lines + j, TileWidth);
#pragma GCC unroll 6
    for (int i = 0; i < Tile::PatchHeight; i++) {
        WidthAxis::Evaluate<TileWidth>(lines + i * TileWidth, 1, places + i * PatchWidth, 1);
    }
}

// g: [place][row][width] from the upstream gradient of the block's tiles.
static void TransformGradient(
    const Plan& plan, const WinogradPlan& division, const TileBlock& block, const Scalar* dy, int firstOutput,
    int width, Scalar* g, Int64 placeStride)
{
    for (int tile = 0; tile < block.frames * block.tiles; tile++) {
        const TileSite site = TileSiteAt<Tile>(plan, division, block, tile);
        for (int c = 0; c < width; c += Lanes) {
            Vector places[Tile::Places];
            TransformTileGradient(plan, site, dy + site.place * plan.outGroup + firstOutput + c, places);
            StorePlaces<Tile>(places, g + Int64(tile) * width + c, placeStride);
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
    for (int row = 0; row < rows; row++, v += RowStride, g += Width) {
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

// The products of one place and one panel; sums: [tap over time][channel][width].
template <int Vectors>
static void AddPlace(
    const TileBlock& block, int taps, Chunk chunk, const Scalar* v, const Scalar* g, Scalar* sums, bool isFirst)
{
    constexpr int Width = Vectors * Lanes;
    const int rows = block.frames * block.tiles;
    for (int row = 0; row < rows; row += RowsPerPass) {
        const int count = Minimum(RowsPerPass, rows - row);
        for (int tap = 0; tap < taps; tap++) {
            for (int c = 0; c < chunk.channels; c += StripChannels) {
                AddStrip<Vectors>(
                    v + Int64(tap * block.tiles + row) * RowStride + c, g + Int64(row) * Width, count,
                    sums + (Int64(tap) * chunk.channels + c) * Width, isFirst && row == 0);
            }
        }
    }
}

// The 3 x 3 taps of the sums of all places.
DEVICE void TransformSumsOfPlaces(const Scalar* from, Int64 placeStride, Vector* taps)
{
    Vector lines[3 * PatchWidth];
#pragma GCC unroll 6
    for (int i = 0; i < PatchWidth; i++) {
        Vector column[Tile::PatchHeight];
#pragma GCC unroll 6
        for (int j = 0; j < Tile::PatchHeight; j++) column[j] = Load(from + (j * PatchWidth + i) * placeStride);
        Tile::HeightAxis::Divide(column, 1);
        Tile::HeightAxis::Gather(column, 1, lines + i, PatchWidth);
    }
#pragma GCC unroll 3
    for (int i = 0; i < 3; i++) {
        WidthAxis::Divide(lines + i * PatchWidth, 1);
        WidthAxis::Gather<3>(lines + i * PatchWidth, 1, taps + 3 * i, 1);
    }
}

// Weights' gradient of a panel and a chunk from its sums: [place][tap over time][channel][width].
static void TransformSums(const Plan& plan, Chunk chunk, const Scalar* sums, int firstOutput, int width, Scalar* dw)
{
    const int channels = plan.inGroup, depth = plan.kT * chunk.channels;
    Vector turned[9][Lanes];
    for (int k = 0; k < depth; k += Lanes) {
        const int tap = k / chunk.channels, channel = chunk.first + k % chunk.channels;
        for (int o = 0; o < width; o += Lanes) {
            for (int lane = 0; lane < Lanes; lane++) {
                Vector taps[9];
                TransformSumsOfPlaces(sums + Int64(k + lane) * width + o, Int64(depth) * width, taps);
                for (int i = 0; i < 9; i++) turned[i][lane] = taps[i];
            }
            for (int i = 0; i < 9; i++) {
                Transpose(turned[i]);
                for (int lane = 0; lane < Lanes; lane++) {
                    const Int64 kernel = Int64(firstOutput + o + lane) * plan.kT + tap;
                    Stream(dw + (kernel * 9 + i) * channels + channel, turned[i][lane]);
                }
            }
        }
    }
    OrderStreams();
}

// dw for one chunk of input channels and one of output channels = the weight gradient over the blocks of tiles of a
// segment. The memory of the block is v: [place][row][RowStride], g: [panel][place][row][width],
// sums: [panel][place][tap over time][channel][width], then a row of zeros.
static void WeightGradientOfTiles(
    const Plan& plan, const WinogradPlan& division, const Input& input, const Scalar* dy, Scalar* dw, Chunk inputs,
    Chunk outputs, Int64 firstBlock, Int64 endBlock)
{
    const int panelCount = Parts(outputs.channels, PanelWidth);
    const Int64 rows = MostRows(plan, division);
    const Int64 inputSize = Tile::Places * PlaceStride(rows * RowStride);
    const Int64 gradientStride = PlaceStride(rows * PanelWidth);
    const Int64 sumsSize = Int64(plan.kT) * inputs.channels * PanelWidth;
    Scalar* v = Scratch(inputSize + panelCount * Tile::Places * (gradientStride + sumsSize) + plan.inGroup);
    Scalar* g = v + inputSize;
    Scalar* sums = g + panelCount * Tile::Places * gradientStride;
    Scalar* zeros = sums + panelCount * Tile::Places * sumsSize;
    memset(zeros, 0, sizeof(Scalar) * plan.inGroup);
    for (Int64 index = firstBlock; index < endBlock; index++) {
        const TileBlock block = TileBlockAt(plan, division, index);
        TransformInput<Tile>(plan, division, block, inputs, input, zeros, v);
        for (int panel = 0; panel < panelCount; panel++) {
            const Chunk part = ChunkAt(panel * PanelWidth, PanelWidth, outputs.channels);
            Scalar* gradients = g + panel * Tile::Places * gradientStride;
            TransformGradient(
                plan, division, block, dy, outputs.first + part.first, part.channels, gradients, gradientStride);
        }
        for (int place = 0; place < Tile::Places; place++) {
            const Scalar* from = v + place * InputStride(block);
            for (int panel = 0; panel < panelCount; panel++) {
                const int width = Minimum(PanelWidth, outputs.channels - panel * PanelWidth);
                const Scalar* gradients = g + (Int64(panel) * Tile::Places + place) * gradientStride;
                Scalar* to = sums + panel * Tile::Places * sumsSize + place * sumsSize / PanelWidth * width;
                if (width == PanelWidth) AddPlace<2>(block, plan.kT, inputs, from, gradients, to, index == firstBlock);
                else AddPlace<1>(block, plan.kT, inputs, from, gradients, to, index == firstBlock);
            }
        }
    }
    // An empty segment.
    if (firstBlock >= endBlock) memset(sums, 0, sizeof(Scalar) * panelCount * Tile::Places * sumsSize);
    for (int panel = 0; panel < panelCount; panel++) {
        const Chunk part = ChunkAt(panel * PanelWidth, PanelWidth, outputs.channels);
        TransformSums(
            plan, inputs, sums + panel * Tile::Places * sumsSize, outputs.first + part.first, part.channels, dw);
    }
}
