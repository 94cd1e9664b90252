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
#pragma GCC unroll 16
    for (int i = 0; i < Places; i++) *reinterpret_cast<Vector*>(to + i * placeStride) = d[i];
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

DEVICE void TransformTaps(const Scalar* taps, int channels, Vector* places)
{
    Vector lines[PatchSide * 3];
#pragma GCC unroll 3
    for (int i = 0; i < 3; i++) {
        TransformWeightAxis(
            Load(taps + i * channels), Load(taps + (3 + i) * channels), Load(taps + (6 + i) * channels), lines + i, 3);
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
    Vector turned[Places][Lanes];
    for (int k = 0; k < depth; k += Lanes) {
        for (int o = 0; o < width; o += Lanes) {
            for (int lane = 0; lane < Lanes; lane++) {
                const Int64 kernel = Int64(firstChannel + o + lane) * plan.kT + k / channels;
                Vector places[Places];
                TransformTaps(w + kernel * 9 * channels + k % channels, channels, places);
#pragma GCC unroll 16
                for (int i = 0; i < Places; i++) turned[i][lane] = places[i];
            }
            for (int i = 0; i < Places; i++) {
                Transpose(turned[i]);
                Scalar* to = u + (Int64(i) * depth + k) * width + o;
                for (int lane = 0; lane < Lanes; lane++) *reinterpret_cast<Vector*>(to + lane * width) = turned[i][lane];
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

// The product of one place: all rows, all taps over time and channels, the output channels of one panel.
template <int Vectors>
static void MultiplyPlace(const Plan& plan, const TileBlock& block, const Scalar* v, const Scalar* u, Scalar* m)
{
    constexpr int Width = Vectors * Lanes;
    for (int tap = 0; tap < plan.kT; tap++) {
        for (int c = 0; c < plan.inGroup; c += PanelDepth) {
            const Scalar* from = v + Int64(c) * block.rowsRead + tap * block.tiles * Lanes;
            const Scalar* panel = u + (Int64(tap) * plan.inGroup + c) * Width;
            const int depth = Minimum(PanelDepth, plan.inGroup - c);
            for (int row = 0; row < block.rows; row += StripRows) {
                MultiplyStrip<Vectors>(
                    from + row * Lanes, Int64(block.rowsRead) * Lanes, panel, depth, m + Int64(row) * Width,
                    tap + c == 0);
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
// v: [place][channel / Lanes][row][Lanes], then for each panel at once m and u, then a row of zeros.
DEVICE void ConvolveTiles(
    const Plan& plan, const WinogradPlan& division, const Scalar* x, const Scalar* w, Scalar* y, Int64 blockIndex)
{
    const Int64 channelBlocks = (plan.outGroup + division.channelsPerBlock - 1) / division.channelsPerBlock;
    const int firstChannel = int(blockIndex % channelBlocks) * division.channelsPerBlock;
    const int endChannel = Minimum(plan.outGroup, firstChannel + division.channelsPerBlock);
    const TileBlock block = TileBlockAt(plan, division, blockIndex / channelBlocks);
    const int depth = plan.kT * plan.inGroup;
    const Int64 inputStride = InputStride(plan, block);
    const Int64 outputStride = PlaceStride(Int64(block.rows) * PanelWidth);
    const Int64 panelSize = Places * (outputStride + Int64(depth) * PanelWidth);
    const int panels = division.channelsAtOnce / PanelWidth;
    Scalar* v = Scratch(Places * inputStride + panels * panelSize + plan.inGroup);
    Scalar* panelMemory = v + Places * inputStride;
    Scalar* zeros = panelMemory + panels * panelSize;
    memset(zeros, 0, sizeof(Scalar) * plan.inGroup);
    TransformInput(plan, division, block, x, zeros, v);
    for (int channel = firstChannel; channel < endChannel; channel += division.channelsAtOnce) {
        const int end = Minimum(endChannel, channel + division.channelsAtOnce);
        for (int o = channel; o < end; o += PanelWidth) {
            Scalar* m = panelMemory + (o - channel) / PanelWidth * panelSize;
            TransformWeights(plan, w, o, Minimum(PanelWidth, end - o), m + Places * outputStride);
        }
        for (int place = 0; place < Places; place++) {
            for (int o = channel; o < end; o += PanelWidth) {
                const int width = Minimum(PanelWidth, end - o);
                Scalar* m = panelMemory + (o - channel) / PanelWidth * panelSize;
                const Scalar* u = m + Places * outputStride + Int64(place) * depth * width;
                const Scalar* rows = v + place * inputStride;
                if (width == PanelWidth) MultiplyPlace<2>(plan, block, rows, u, m + place * outputStride);
                else MultiplyPlace<1>(plan, block, rows, u, m + place * outputStride);
            }
        }
        for (int o = channel; o < end; o += PanelWidth) {
            const Scalar* m = panelMemory + (o - channel) / PanelWidth * panelSize;
            TransformOutput(plan, division, block, m, outputStride, o, Minimum(PanelWidth, end - o), y);
        }
    }
}
