// HostWinograd: convolutions with 3 x 3 taps a frame and without stride on the CPU, with 2.25 times fewer
// multiplications. Of each tile of 2 x 2 outputs the 4 x 4 inputs that it meets (a patch) are transformed, so that the
// 16 places of a patch become 16 independent products of matrices [tiles, taps over time and channels] x
// [taps over time and channels, output channels]; their results are transformed back.
//   y = A' [(G g G') . (B' d B)] A for every tile, output channel and tap over time, summed over taps and channels
// Taps over time are rows further on in the same matrix. Nothing is packed: what a transform writes lies as the
// product reads it.
//
// Source   Lavin and Gray 2016, Fast Algorithms for Convolutional Neural Networks, section 4.1: F(2x2, 3x3)
#pragma once
#include "Convolution/HostVector.cuh"

constexpr int TileSide = 2;
constexpr int PatchSide = 4;
constexpr int Places = PatchSide * PatchSide;

// Rows and output channels whose sums are kept in registers, and the depth of a panel of weights that stays in the
// first-level cache meanwhile.
constexpr int StripRows = Registers == 32 ? 12 : 6;
constexpr int PanelWidth = 2 * Lanes;
constexpr int PanelDepth = 16384 / PanelWidth / int(sizeof(Scalar));

// How the work is divided; WinogradPlan in C# has the same layout.
struct WinogradPlan {
    int tilesH, tilesW;                 // of a frame
    int framesPerBlock, linesPerBlock;  // frames of outputs, lines of tiles
    int channelsPerBlock, channelsAtOnce;  // multiples of PanelWidth
};

// Tiles that are transformed together: some lines of tiles of some neighbouring frames.
struct TileBlock {
    int clip, firstFrame, frames, firstLine, lines;
    int tiles;     // of one frame
    int rows;      // of all frames, filled up to whole strips
    int rowsRead;  // and with the frames that the taps over time meet besides
};

DEVICE Int64 TileBlockCount(const Plan& plan, const WinogradPlan& division)
{
    const Int64 lineBlocks = (division.tilesH + division.linesPerBlock - 1) / division.linesPerBlock;
    const Int64 frameBlocks = (plan.outT + division.framesPerBlock - 1) / division.framesPerBlock;
    return plan.n * frameBlocks * lineBlocks;
}

DEVICE TileBlock TileBlockAt(const Plan& plan, const WinogradPlan& division, Int64 index)
{
    const int lineBlocks = (division.tilesH + division.linesPerBlock - 1) / division.linesPerBlock;
    const int frameBlocks = (plan.outT + division.framesPerBlock - 1) / division.framesPerBlock;
    TileBlock block;
    block.firstLine = int(index % lineBlocks) * division.linesPerBlock;
    block.firstFrame = int(index / lineBlocks % frameBlocks) * division.framesPerBlock;
    block.clip = int(index / lineBlocks / frameBlocks);
    block.lines = Minimum(division.linesPerBlock, division.tilesH - block.firstLine);
    block.frames = Minimum(division.framesPerBlock, plan.outT - block.firstFrame);
    block.tiles = block.lines * division.tilesW;
    block.rows = (block.frames * block.tiles + StripRows - 1) / StripRows * StripRows;
    block.rowsRead = block.rows + (plan.kT - 1) * block.tiles;
    return block;
}

// The distance between the places of transformed tiles: not a power of two, so that they do not meet in one set of the
// cache.
DEVICE Int64 PlaceStride(Int64 size) { return size + 17 * Lanes; }

DEVICE Int64 InputStride(const Plan& plan, const TileBlock& block)
{
    return PlaceStride(Int64(block.rowsRead) * plan.inGroup);
}

DEVICE void StorePlaces(const Vector* places, Scalar* to, Int64 placeStride)
{
#pragma GCC unroll 16
    for (int i = 0; i < Places; i++) *reinterpret_cast<Vector*>(to + i * placeStride) = places[i];
}

// B' d of four elements along one axis, in place.
DEVICE void TransformInputAxis(Vector& a, Vector& b, Vector& c, Vector& d)
{
    const Vector sum = b + c, difference = c - b;
    a -= c;
    d = b - d;
    b = sum;
    c = difference;
}

DEVICE void TransformPatch(const Scalar* const* elements, int channel, Scalar* to, Int64 placeStride)
{
    Vector d[Places];
#pragma GCC unroll 16
    for (int i = 0; i < Places; i++) d[i] = Load(elements[i] + channel);
#pragma GCC unroll 4
    for (int i = 0; i < PatchSide; i++) TransformInputAxis(d[i], d[4 + i], d[8 + i], d[12 + i]);
#pragma GCC unroll 4
    for (int i = 0; i < PatchSide; i++) TransformInputAxis(d[4 * i], d[4 * i + 1], d[4 * i + 2], d[4 * i + 3]);
    StorePlaces(d, to, placeStride);
}

// The elements of x that a tile meets; `zeros` where x has nothing.
DEVICE void FindPatch(
    const Plan& plan, const Scalar* x, const Scalar* zeros, int clip, int t, int line, int column,
    const Scalar** elements)
{
    const int firstH = line * TileSide - plan.beforeH, firstW = column * TileSide - plan.beforeW;
    const Scalar* frame = x + (Int64(clip) * plan.inT + t) * plan.inH * plan.inW * plan.inGroup;
    for (int i = 0; i < Places; i++) {
        const int h = firstH + i / PatchSide, w = firstW + i % PatchSide;
        const bool isInside = t >= 0 && t < plan.inT && h >= 0 && h < plan.inH && w >= 0 && w < plan.inW;
        elements[i] = isInside ? frame + (Int64(h) * plan.inW + w) * plan.inGroup : zeros;
    }
}

// v: [place][channel / Lanes][row][Lanes], rows being tiles of one frame after the other.
static void TransformInput(
    const Plan& plan, const WinogradPlan& division, const TileBlock& block, const Scalar* x, const Scalar* zeros,
    Scalar* v)
{
    const Int64 placeStride = InputStride(plan, block);
    const Scalar* elements[Places];
    for (int tile = 0; tile < (block.frames + plan.kT - 1) * block.tiles; tile++) {
        const int t = block.firstFrame + tile / block.tiles - plan.beforeT;
        const int line = block.firstLine + tile % block.tiles / division.tilesW;
        FindPatch(plan, x, zeros, block.clip, t, line, tile % division.tilesW, elements);
        for (int c = 0; c < plan.inGroup; c += Lanes) {
            TransformPatch(elements, c, v + (Int64(c) * block.rowsRead + tile * Lanes), placeStride);
        }
    }
}

// G g of three elements along one axis, to four that lie `step` apart.
DEVICE void TransformWeightAxis(Vector a, Vector b, Vector c, Vector* to, int step)
{
    const Vector outer = (a + c) * Scalar(0.5), inner = b * Scalar(0.5);
    to[0] = a;
    to[step] = outer + inner;
    to[2 * step] = outer - inner;
    to[3 * step] = c;
}

// The 16 places of 3 x 3 taps, which lie tapStride apart; of the adjoint's, a negative stride from the last.
DEVICE void TransformTaps(const Scalar* taps, Int64 tapStride, Vector* places)
{
    Vector lines[PatchSide * 3];
#pragma GCC unroll 3
    for (int i = 0; i < 3; i++) {
        TransformWeightAxis(
            Load(taps + i * tapStride), Load(taps + (3 + i) * tapStride), Load(taps + (6 + i) * tapStride), lines + i,
            3);
    }
#pragma GCC unroll 4
    for (int i = 0; i < PatchSide; i++) {
        TransformWeightAxis(lines[3 * i], lines[3 * i + 1], lines[3 * i + 2], places + PatchSide * i, 1);
    }
}

// Weights of `width` output channels from firstChannel on, to u: [place][tap over time and channel][width].
static void TransformWeights(const Plan& plan, const Scalar* w, int firstChannel, int width, Scalar* u)
{
    const int channels = plan.inGroup, depth = plan.kT * channels;
    Vector turned[9][Lanes];
    for (int k = 0; k < depth; k += Lanes) {
        for (int o = 0; o < width; o += Lanes) {
            const Scalar* kernel = w + (Int64(firstChannel + o) * plan.kT + k / channels) * 9 * channels + k % channels;
            for (int tap = 0; tap < 9; tap++) {
                const Scalar* from = kernel + tap * channels;
                for (int i = 0; i < Lanes; i++) turned[tap][i] = Load(from + Int64(i) * plan.kT * 9 * channels);
                Transpose(turned[tap]);
            }
            for (int i = 0; i < Lanes; i++) {
                Vector places[Places];
                TransformTaps(reinterpret_cast<const Scalar*>(&turned[0][i]), Lanes * Lanes, places);
                StorePlaces(places, u + Int64(k + i) * width + o, Int64(depth) * width);
            }
        }
    }
}

// The same from the weights of the convolution whose adjoint this is: inputs and outputs exchanged, taps in reverse.
static void TransformAdjointWeights(const Plan& plan, const Scalar* w, int firstChannel, int width, Scalar* u)
{
    const Int64 depth = Int64(plan.kT) * plan.inGroup;
    for (int tap = 0; tap < plan.kT; tap++) {
        for (int c = 0; c < plan.inGroup; c++) {
            const Scalar* last = w + ((Int64(c) * plan.kT + plan.kT - 1 - tap) * 9 + 8) * plan.outGroup + firstChannel;
            Scalar* to = u + (Int64(tap) * plan.inGroup + c) * width;
            for (int o = 0; o < width; o += Lanes) {
                Vector places[Places];
                TransformTaps(last + o, -plan.outGroup, places);
                StorePlaces(places, to + o, depth * width);
            }
        }
    }
}

// m[row][channel] = (isFirst ? 0 : m) + v u for the rows of a strip and `Vectors` vectors of channels.
template <int Vectors>
DEVICE void MultiplyStrip(const Scalar* v, Int64 groupStride, const Scalar* u, int depth, Scalar* m, bool isFirst)
{
    constexpr int Width = Vectors * Lanes;
    Vector sum[StripRows][Vectors];
#pragma GCC unroll 16
    for (int i = 0; i < StripRows; i++) {
#pragma GCC unroll 2
        for (int j = 0; j < Vectors; j++) sum[i][j] = isFirst ? Vector{} : Load(m + i * Width + j * Lanes);
    }
    for (int k = 0; k < depth; k += Lanes, v += groupStride) {
        for (int lane = 0; lane < Lanes; lane++, u += Width) {
            Vector weight[Vectors];
#pragma GCC unroll 2
            for (int j = 0; j < Vectors; j++) weight[j] = *reinterpret_cast<const Vector*>(u + j * Lanes);
#pragma GCC unroll 16
            for (int i = 0; i < StripRows; i++) {
#pragma GCC unroll 2
                for (int j = 0; j < Vectors; j++) sum[i][j] += weight[j] * v[i * Lanes + lane];
            }
        }
    }
#pragma GCC unroll 16
    for (int i = 0; i < StripRows; i++) {
#pragma GCC unroll 2
        for (int j = 0; j < Vectors; j++) *reinterpret_cast<Vector*>(m + i * Width + j * Lanes) = sum[i][j];
    }
}

// What a block keeps of some neighbouring panels of output channels: for each m: [place][row][width], then
// u: [place][tap over time and channel][width].
struct Panels {
    Scalar* memory;
    Int64 size;         // of one panel
    Int64 placeStride;  // of m
    int depth;          // taps over time and channels
    int firstChannel, endChannel;
};

DEVICE int PanelCount(Panels panels) { return (panels.endChannel - panels.firstChannel + PanelWidth - 1) / PanelWidth; }

DEVICE int WidthOf(Panels panels, int panel)
{
    return Minimum(PanelWidth, panels.endChannel - panels.firstChannel - panel * PanelWidth);
}

DEVICE Scalar* ProductsOf(Panels panels, int panel, int place)
{
    return panels.memory + panel * panels.size + place * panels.placeStride;
}

DEVICE Scalar* WeightsOf(Panels panels, int panel, int place)
{
    return ProductsOf(panels, panel, Places) + Int64(place) * panels.depth * WidthOf(panels, panel);
}

// The products of one place. A strip of rows stays in the first-level cache for all panels.
static void MultiplyPlace(const Plan& plan, const TileBlock& block, const Scalar* v, Panels panels, int place)
{
    const Int64 groupStride = Int64(block.rowsRead) * Lanes;
    int depth = 0;  // of a pass, which does not go beyond a tap
    for (int k = 0; k < panels.depth; k += depth) {
        const int tap = k / plan.inGroup, c = k % plan.inGroup;
        depth = Minimum(PanelDepth, plan.inGroup - c);
        const Scalar* from = v + Int64(c) * block.rowsRead + tap * block.tiles * Lanes;
        for (int row = 0; row < block.rows; row += StripRows) {
            for (int panel = 0; panel < PanelCount(panels); panel++) {
                const int width = WidthOf(panels, panel);
                const Scalar* u = WeightsOf(panels, panel, place) + Int64(k) * width;
                Scalar* m = ProductsOf(panels, panel, place) + Int64(row) * width;
                if (width == PanelWidth) MultiplyStrip<2>(from + row * Lanes, groupStride, u, depth, m, k == 0);
                else MultiplyStrip<1>(from + row * Lanes, groupStride, u, depth, m, k == 0);
            }
        }
    }
}

// A' m of four elements along one axis.
DEVICE void TransformOutputAxis(Vector a, Vector b, Vector c, Vector d, Vector& first, Vector& second)
{
    first = a + b + c;
    second = b - c - d;
}

// Outputs of a panel from m: [place][row][width].
static void TransformOutput(
    const Plan& plan, const WinogradPlan& division, const TileBlock& block, const Scalar* m, Int64 placeStride,
    int firstChannel, int width, Scalar* y)
{
    const int channels = plan.outGroup;
    for (int tile = 0; tile < block.frames * block.tiles; tile++) {
        const int t = block.firstFrame + tile / block.tiles;
        const int h = (block.firstLine + tile % block.tiles / division.tilesW) * TileSide;
        const int w = tile % division.tilesW * TileSide;
        const bool hasRow = h + 1 < plan.outH, hasColumn = w + 1 < plan.outW;
        Scalar* target = y + (((Int64(block.clip) * plan.outT + t) * plan.outH + h) * plan.outW + w) * channels;
        for (int c = 0; c < width; c += Lanes) {
            const Scalar* from = m + Int64(tile) * width + c;
            Vector line[2][PatchSide], outputs[2][2];
#pragma GCC unroll 4
            for (int i = 0; i < PatchSide; i++) {
                const Scalar* at = from + i * placeStride;
                TransformOutputAxis(
                    Load(at), Load(at + 4 * placeStride), Load(at + 8 * placeStride), Load(at + 12 * placeStride),
                    line[0][i], line[1][i]);
            }
#pragma GCC unroll 2
            for (int i = 0; i < 2; i++) {
                TransformOutputAxis(line[i][0], line[i][1], line[i][2], line[i][3], outputs[i][0], outputs[i][1]);
            }
            Scalar* to = target + firstChannel + c;
            Store(to, outputs[0][0]);
            if (hasColumn) Store(to + channels, outputs[0][1]);
            if (hasRow) Store(to + Int64(plan.outW) * channels, outputs[1][0]);
            if (hasRow && hasColumn) Store(to + Int64(plan.outW + 1) * channels, outputs[1][1]);
        }
    }
}

// The outputs of one block of tiles and channelsPerBlock output channels; the memory of the block is
// v: [place][channel / Lanes][row][Lanes], then the panels, then a row of zeros.
DEVICE void ConvolveTiles(
    const Plan& plan, const WinogradPlan& division, const Scalar* x, const Scalar* w, Scalar* y, bool isAdjoint,
    Int64 blockIndex)
{
    const Int64 channelBlocks = (plan.outGroup + division.channelsPerBlock - 1) / division.channelsPerBlock;
    const int firstChannel = int(blockIndex % channelBlocks) * division.channelsPerBlock;
    const int endChannel = Minimum(plan.outGroup, firstChannel + division.channelsPerBlock);
    const TileBlock block = TileBlockAt(plan, division, blockIndex / channelBlocks);
    const Int64 inputStride = InputStride(plan, block);
    Panels panels;
    panels.depth = plan.kT * plan.inGroup;
    panels.placeStride = PlaceStride(Int64(block.rows) * PanelWidth);
    panels.size = Places * (panels.placeStride + Int64(panels.depth) * PanelWidth);
    const Int64 panelsSize = division.channelsAtOnce / PanelWidth * panels.size;
    Scalar* v = Scratch(Places * inputStride + panelsSize + plan.inGroup);
    panels.memory = v + Places * inputStride;
    Scalar* zeros = panels.memory + panelsSize;
    memset(zeros, 0, sizeof(Scalar) * plan.inGroup);
    TransformInput(plan, division, block, x, zeros, v);
    for (int channel = firstChannel; channel < endChannel; channel += division.channelsAtOnce) {
        panels.firstChannel = channel;
        panels.endChannel = Minimum(endChannel, channel + division.channelsAtOnce);
        for (int panel = 0; panel < PanelCount(panels); panel++) {
            const int first = channel + panel * PanelWidth;
            Scalar* u = WeightsOf(panels, panel, 0);
            if (isAdjoint) TransformAdjointWeights(plan, w, first, WidthOf(panels, panel), u);
            else TransformWeights(plan, w, first, WidthOf(panels, panel), u);
        }
        for (int place = 0; place < Places; place++) {
            MultiplyPlace(plan, block, v + place * inputStride, panels, place);
        }
        for (int panel = 0; panel < PanelCount(panels); panel++) {
            TransformOutput(
                plan, division, block, ProductsOf(panels, panel, 0), panels.placeStride, channel + panel * PanelWidth,
                WidthOf(panels, panel), y);
        }
    }
}
