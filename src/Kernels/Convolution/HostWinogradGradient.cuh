// HostWinogradGradient: the weight gradient of a convolution that HostWinograd computes, point by point in the same
// transformed domain.
//   dw = G' [sum over tiles of (B' d B) . (A dy A')] G for every output channel, tap over time and channel
#pragma once
#include "Convolution/HostTileTransforms.cuh"

using Tile = FlatTile;

// Input channels whose sums over two vectors of output channels are kept in registers.
constexpr int StripChannels = Registers == 32 && Lanes >= 8 ? 8 : Lanes >= 4 ? 4 : Lanes;

// Rows of a pass, so that both operands' rows stay in the L1 cache.
constexpr int RowsPerPass = 64;

// Transforms a tile's upstream gradients, zeros beyond the edges of the frame.
template <bool IsWhole>
DEVICE void TransformTileGradient(const Plan& plan, TileSite site, const Scalar* from, int count, Vector* points)
{
    Vector dy[Tile::Height * TileWidth], lines[Tile::PatchHeight * TileWidth];
#pragma GCC unroll 4
    for (int i = 0; i < Tile::Height; i++) {
#pragma GCC unroll 4
        for (int j = 0; j < TileWidth; j++) {
            const bool exists = i < site.rows && j < site.columns;
            const Scalar* element = from + (Int64(i) * plan.outW + j) * plan.outGroup;
            dy[i * TileWidth + j] = exists ? Load<IsWhole>(element, count) : Vector{};
        }
    }
#pragma GCC unroll 4
    for (int j = 0; j < TileWidth; j++) Tile::HeightAxis::Evaluate(dy + j, TileWidth, lines + j, TileWidth);
#pragma GCC unroll 6
    for (int i = 0; i < Tile::PatchHeight; i++) {
        WidthAxis::Evaluate<TileWidth>(lines + i * TileWidth, 1, points + i * PatchWidth, 1);
    }
}

// Fills g: [point][row][width] from the upstream gradient of the block's tiles, channels zero-padded to whole vectors.
static void TransformGradient(
    const Plan& plan, const WinogradPlan& division, const TileBlock& block, const Scalar* dy, Chunk outputs,
    Scalar* g, Int64 pointStride)
{
    const int width = WholeVectors(outputs.channels);
    for (int tile = 0; tile < block.frames * block.tiles; tile++) {
        const TileSite site = TileSiteAt<Tile>(plan, division, block, tile);
        const Scalar* from = dy + site.first * plan.outGroup + outputs.first;
        for (int c = 0; c < width; c += Lanes) {
            Vector points[Tile::Points];
            const int count = Minimum(Lanes, outputs.channels - c);
            if (count == Lanes) TransformTileGradient<true>(plan, site, from + c, Lanes, points);
            else TransformTileGradient<false>(plan, site, from + c, count, points);
            StorePoints<Tile>(points, g + Int64(tile) * width + c, pointStride);
        }
    }
}

// sums[c][o] = (isFirst ? 0 : sums) + sum over rows of v[row][c] g[row][o], for StripChannels x (Vectors * Lanes) sums.
template <int Vectors>
DEVICE void AddStrip(const Scalar* v, int rowStride, const Scalar* g, int rows, Scalar* sums, bool isFirst)
{
    constexpr int Width = Vectors * Lanes;
    Vector sum[StripChannels][Vectors];
#pragma GCC unroll 8
    for (int i = 0; i < StripChannels; i++) {
#pragma GCC unroll 2
        for (int j = 0; j < Vectors; j++) sum[i][j] = isFirst ? Vector{} : Load(sums + i * Width + j * Lanes);
    }
    for (int row = 0; row < rows; row++, v += rowStride, g += Width) {
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

// Adds the products of one point and one panel to sums: [tap over time][channel][width].
template <int Vectors>
static void AddPoint(
    const TileBlock& block, int taps, int channels, const Scalar* v, const Scalar* g, Scalar* sums, bool isFirst)
{
    constexpr int Width = Vectors * Lanes;
    const int rows = block.frames * block.tiles;
    for (int row = 0; row < rows; row += RowsPerPass) {
        const int count = Minimum(RowsPerPass, rows - row);
        for (int tap = 0; tap < taps; tap++) {
            for (int c = 0; c < channels; c += StripChannels) {
                AddStrip<Vectors>(
                    v + Int64(tap * block.tiles + row) * block.rowStride + c, block.rowStride, g + Int64(row) * Width,
                    count, sums + (Int64(tap) * channels + c) * Width, isFirst && row == 0);
            }
        }
    }
}

// Transforms the sums of all points to 3 x 3 taps.
DEVICE void TransformSumsOfPoints(const Scalar* from, Int64 pointStride, Vector* taps)
{
    Vector lines[3 * PatchWidth];
#pragma GCC unroll 6
    for (int i = 0; i < PatchWidth; i++) {
        Vector column[Tile::PatchHeight];
#pragma GCC unroll 6
        for (int j = 0; j < Tile::PatchHeight; j++) column[j] = Load(from + (j * PatchWidth + i) * pointStride);
        Tile::HeightAxis::Divide(column, 1);
        Tile::HeightAxis::Gather(column, 1, lines + i, PatchWidth);
    }
#pragma GCC unroll 3
    for (int i = 0; i < 3; i++) {
        WidthAxis::Divide(lines + i * PatchWidth, 1);
        WidthAxis::Gather<3>(lines + i * PatchWidth, 1, taps + 3 * i, 1);
    }
}

// The weight gradient of a panel and a chunk of input channels from their sums: [point][tap over time][channel][width].
static void TransformSums(const Plan& plan, Chunk inputs, Chunk outputs, const Scalar* sums, Scalar* dw)
{
    const int channels = WholeVectors(inputs.channels), width = WholeVectors(outputs.channels);
    const int depth = plan.kT * channels;
    const bool isWhole = plan.inGroup % Lanes == 0;
    Vector transposed[9][Lanes];
    for (int k = 0; k < depth; k += Lanes) {
        const int tap = k / channels, c = k % channels;
        for (int o = 0; o < width; o += Lanes) {
            for (int lane = 0; lane < Lanes; lane++) {
                Vector taps[9];
                TransformSumsOfPoints(sums + Int64(k + lane) * width + o, Int64(depth) * width, taps);
                for (int i = 0; i < 9; i++) transposed[i][lane] = taps[i];
            }
            const Int64 firstKernel = Int64(outputs.first + o) * plan.kT + tap;
            Scalar* to = dw + firstKernel * 9 * plan.inGroup + inputs.first + c;
            for (int i = 0; i < 9; i++, to += plan.inGroup) {
                Transpose(transposed[i]);
                for (int lane = 0; lane < Minimum(Lanes, outputs.channels - o); lane++) {
                    Scalar* target = to + Int64(lane) * plan.kT * 9 * plan.inGroup;
                    if (isWhole) Stream(target, transposed[i][lane]);
                    else StorePart(target, transposed[i][lane], Minimum(Lanes, inputs.channels - c));
                }
            }
        }
    }
    OrderStreams();
}

DEVICE Chunk PanelOf(Chunk outputs, int panel)
{
    const Chunk part = ChunkAt(panel * PanelWidth, PanelWidth, outputs.channels);
    return {outputs.first + part.first, part.channels};
}

// dw of one chunk of input channels and one of output channels, summed over the blocks of tiles of a segment. The
// launch block's memory is v: [point][row][rowStride], g: [panel][point][row][width],
// sums: [panel][point][tap over time][channel][width], then a row of zeros.
static void WeightGradientOfTiles(
    const Plan& plan, const WinogradPlan& division, const Input& input, const Scalar* dy, Scalar* dw, Chunk inputs,
    Chunk outputs, Int64 firstBlock, Int64 endBlock)
{
    const int panelCount = Parts(outputs.channels, PanelWidth), channels = WholeVectors(inputs.channels);
    const Int64 rows = MostRows(plan, division);
    const Int64 inputSize = Tile::Points * PointStride(rows * RowStride(division));
    const Int64 gradientStride = PointStride(rows * PanelWidth);
    const Int64 sumsSize = Int64(plan.kT) * channels * PanelWidth;
    Scalar* v = Scratch(inputSize + panelCount * Tile::Points * (gradientStride + sumsSize) + plan.inGroup);
    Scalar* g = v + inputSize;
    Scalar* sums = g + panelCount * Tile::Points * gradientStride;
    Scalar* zeros = sums + panelCount * Tile::Points * sumsSize;
    memset(zeros, 0, sizeof(Scalar) * plan.inGroup);
    for (Int64 index = firstBlock; index < endBlock; index++) {
        const TileBlock block = TileBlockAt(plan, division, index);
        TransformInput<Tile>(plan, division, block, inputs, input, zeros, v);
        for (int panel = 0; panel < panelCount; panel++) {
            Scalar* gradients = g + panel * Tile::Points * gradientStride;
            TransformGradient(plan, division, block, dy, PanelOf(outputs, panel), gradients, gradientStride);
        }
        for (int point = 0; point < Tile::Points; point++) {
            const Scalar* from = v + point * InputStride(block);
            for (int panel = 0; panel < panelCount; panel++) {
                const int width = WholeVectors(PanelOf(outputs, panel).channels);
                const Scalar* gradients = g + (Int64(panel) * Tile::Points + point) * gradientStride;
                Scalar* to = sums + panel * Tile::Points * sumsSize + point * sumsSize / PanelWidth * width;
                const bool isFirst = index == firstBlock;
                if (width == PanelWidth) AddPoint<2>(block, plan.kT, channels, from, gradients, to, isFirst);
                else AddPoint<1>(block, plan.kT, channels, from, gradients, to, isFirst);
            }
        }
    }
    // An empty segment has written no sums.
    if (firstBlock >= endBlock) memset(sums, 0, sizeof(Scalar) * panelCount * Tile::Points * sumsSize);
    for (int panel = 0; panel < panelCount; panel++) {
        TransformSums(plan, inputs, PanelOf(outputs, panel), sums + panel * Tile::Points * sumsSize, dw);
    }
}
