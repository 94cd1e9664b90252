// HostWinograd: convolutions with 3 x 3 taps a frame and without stride on the CPU, with 3.6 times fewer
// multiplications, or 4.3 times. For each tile of 3 x 4 (or 5 x 4) outputs, the patch of 5 x 6 (7 x 6) inputs that it
// reads is transformed, so that the 30 (42) points of a patch become as many independent matrix products
// [tiles, taps over time and channels] x [taps over time and channels, output channels], whose results are transformed
// back.
//   y = A' [(G g G') . (B' d B)] A for every tile, output channel and tap over time, summed over taps and channels
// A tap over time reads the same matrix some rows further on. There is no packing: a transform writes in the layout
// that the product reads.
//
// Source   Lavin and Gray 2016, Fast Algorithms for Convolutional Neural Networks, section 4: F(3x4, 3x3), F(5x4, 3x3)
#pragma once
#include "Convolution/HostTileTransforms.cuh"

// m[row][channel] = (isFirst ? 0 : m) + v u for the rows of a strip and `Vectors` vectors of channels. Each pass sums
// from zero and is then added to m: a third of the error of continuing one running sum from pass to pass.
template <int Vectors>
DEVICE void MultiplyStrip(const Scalar* v, Int64 rowStride, const Scalar* u, int depth, Scalar* m, bool isFirst)
{
    constexpr int Width = Vectors * Lanes;
    // One pointer for every three rows: one for each would spill.
    const Scalar* third[StripRows / 3];
#pragma GCC unroll 4
    for (int i = 0; i < StripRows; i += 3) third[i / 3] = v + i * rowStride;
    Vector sum[StripRows][Vectors];
#pragma GCC unroll 16
    for (int i = 0; i < StripRows; i++) {
#pragma GCC unroll 2
        for (int j = 0; j < Vectors; j++) sum[i][j] = Vector{};
    }
    for (int k = 0; k < depth; k++, u += Width) {
        Vector weight[Vectors];
#pragma GCC unroll 2
        for (int j = 0; j < Vectors; j++) weight[j] = *reinterpret_cast<const Vector*>(u + j * Lanes);
#pragma GCC unroll 16
        for (int i = 0; i < StripRows; i++) {
#pragma GCC unroll 2
            for (int j = 0; j < Vectors; j++) sum[i][j] += weight[j] * third[i / 3][i % 3 * rowStride + k];
        }
    }
#pragma GCC unroll 16
    for (int i = 0; i < StripRows; i++) {
#pragma GCC unroll 2
        for (int j = 0; j < Vectors; j++) {
            Vector* target = reinterpret_cast<Vector*>(m + i * Width + j * Lanes);
            *target = isFirst ? sum[i][j] : *target + sum[i][j];
        }
    }
}

// A block's memory for some neighbouring panels of output channels: for each panel m: [point][row][width], then
// u: [point][tap over time and channel][width].
struct Panels {
    Scalar* memory;
    int points;         // of a tile
    Int64 size;         // of one panel
    Int64 pointStride;  // of m
    int depth;          // K: taps over time and channels of the current chunk
    int firstOutput, endOutput;
};

DEVICE int PanelCount(const Panels& panels) { return Parts(panels.endOutput - panels.firstOutput, PanelWidth); }

// Output channels of a panel.
DEVICE int CountOf(const Panels& panels, int panel)
{
    return Minimum(PanelWidth, panels.endOutput - panels.firstOutput - panel * PanelWidth);
}

// The same rounded up to whole vectors.
DEVICE int WidthOf(const Panels& panels, int panel) { return WholeVectors(CountOf(panels, panel)); }

DEVICE Scalar* ProductsOf(const Panels& panels, int panel, int point)
{
    return panels.memory + panel * panels.size + point * panels.pointStride;
}

DEVICE Scalar* WeightsOf(const Panels& panels, int panel, int point)
{
    return ProductsOf(panels, panel, panels.points) + Int64(point) * panels.depth * WidthOf(panels, panel);
}

// The products of one point and one chunk. A strip of rows stays in the L1 cache for all panels.
static void MultiplyPoint(const TileBlock& block, Chunk chunk, const Scalar* v, const Panels& panels, int point)
{
    int depth = 0;  // of a pass, which ends with a tap
    for (int k = 0; k < panels.depth; k += depth) {
        const int tap = k / chunk.channels, c = k % chunk.channels;
        depth = Minimum(PanelDepth, chunk.channels - c);
        const Scalar* from = v + Int64(tap) * block.tiles * block.rowStride + c;
        for (int row = 0; row < block.rows; row += StripRows) {
            for (int panel = 0; panel < PanelCount(panels); panel++) {
                const int width = WidthOf(panels, panel);
                const Scalar* u = WeightsOf(panels, panel, point) + Int64(k) * width;
                Scalar* m = ProductsOf(panels, panel, point) + Int64(row) * width;
                const bool isFirst = chunk.first + k == 0;
                const Scalar* strip = from + row * block.rowStride;
                if (width == PanelWidth) MultiplyStrip<2>(strip, block.rowStride, u, depth, m, isFirst);
                else MultiplyStrip<1>(strip, block.rowStride, u, depth, m, isFirst);
            }
        }
    }
}

template <class Tile>
static void TransformPanels(const Plan& plan, Chunk chunk, const Scalar* w, bool isAdjoint, const Panels& panels)
{
    for (int panel = 0; panel < PanelCount(panels); panel++) {
        const int first = panels.firstOutput + panel * PanelWidth;
        const int count = CountOf(panels, panel), width = WidthOf(panels, panel);
        Scalar* u = WeightsOf(panels, panel, 0);
        if (isAdjoint) TransformAdjointWeights<Tile>(plan, chunk, w, first, count, width, u);
        else TransformWeights<Tile>(plan, chunk, w, first, count, width, u);
    }
}

// The outputs of one block of tiles and outputsAtOnce output channels, accumulated over chunks of input channels. The
// block's memory is v: [point][row][rowStride], then the panels, then a row of zeros.
template <class Tile>
static void ConvolveTiles(
    const Plan& plan, const WinogradPlan& division, const Input& input, const Scalar* w, const Epilogue& epilogue,
    Scalar* y, bool isAdjoint, Int64 blockIndex)
{
    const int outputParts = Parts(plan.outGroup, division.outputsAtOnce);
    const TileBlock block = TileBlockAt(plan, division, blockIndex / outputParts);
    Panels panels;
    panels.points = Tile::Points;
    panels.firstOutput = int(blockIndex % outputParts) * division.outputsAtOnce;
    panels.endOutput = Minimum(plan.outGroup, panels.firstOutput + division.outputsAtOnce);
    panels.pointStride = PointStride(Int64(block.rows) * PanelWidth);
    const Chunk largest = ChunkAt(0, division.inputsAtOnce, plan.inGroup);
    const Int64 mostDepth = Int64(plan.kT) * largest.channels;
    panels.size = Tile::Points * (panels.pointStride + mostDepth * PanelWidth);
    const Int64 inputSize = Tile::Points * InputStride(block);
    Scalar* v = Scratch(inputSize + PanelCount(panels) * panels.size + plan.inGroup);
    panels.memory = v + inputSize;
    Scalar* zeros = panels.memory + PanelCount(panels) * panels.size;
    memset(zeros, 0, sizeof(Scalar) * plan.inGroup);
    for (int first = 0; first < plan.inGroup; first += division.inputsAtOnce) {
        const Chunk chunk = ChunkAt(first, division.inputsAtOnce, plan.inGroup);
        panels.depth = plan.kT * chunk.channels;
        TransformInput<Tile>(plan, division, block, chunk, input, zeros, v);
        TransformPanels<Tile>(plan, chunk, w, isAdjoint, panels);
        for (int point = 0; point < Tile::Points; point++) {
            MultiplyPoint(block, chunk, v + point * InputStride(block), panels, point);
        }
    }
    for (int panel = 0; panel < PanelCount(panels); panel++) {
        TransformOutput<Tile>(
            plan, division, block, ProductsOf(panels, panel, 0), panels.pointStride,
            panels.firstOutput + panel * PanelWidth, CountOf(panels, panel), WidthOf(panels, panel), epilogue, y);
    }
}
