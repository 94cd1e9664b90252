// HostTileTransforms: what HostWinograd makes of inputs, weights and products.
#pragma once
#include "Convolution/HostTiles.cuh"

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

// v: [place][row][RowStride], rows being tiles of one frame after the other.
static void TransformInput(
    const Plan& plan, const WinogradPlan& division, const TileBlock& block, Chunk chunk, const Scalar* x,
    const Scalar* zeros, Scalar* v)
{
    const Int64 placeStride = InputStride(block);
    const int tileCount = (block.frames + plan.kT - 1) * block.tiles;
    const Scalar* elements[Places];
    for (int tile = 0; tile < tileCount; tile++) {
        const int t = block.firstFrame + tile / block.tiles - plan.beforeT;
        const int line = block.firstLine + tile % block.tiles / division.tilesW;
        FindPatch(plan, x, zeros, block.clip, t, line, tile % division.tilesW, elements);
        for (int c = 0; c < chunk.channels; c += Lanes) {
            TransformPatch(elements, chunk.first + c, v + Int64(tile) * RowStride + c, placeStride);
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

// The places of 3 x 3 taps, which lie tapStride apart; of the adjoint's, a negative stride from the last.
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

// Weights of `width` output channels from firstOutput on, to u: [place][tap over time and channel][width].
static void TransformWeights(
    const Plan& plan, Chunk chunk, const Scalar* w, int firstOutput, int width, Scalar* u)
{
    const int channels = plan.inGroup, depth = plan.kT * chunk.channels;
    const Int64 kernelSize = Int64(plan.kT) * 9 * channels;
    Vector turned[9][Lanes];
    for (int k = 0; k < depth; k += Lanes) {
        const Int64 source = Int64(k / chunk.channels) * 9 * channels + chunk.first + k % chunk.channels;
        for (int o = 0; o < width; o += Lanes) {
            for (int tap = 0; tap < 9; tap++) {
                const Scalar* from = w + (firstOutput + o) * kernelSize + source + tap * channels;
                for (int i = 0; i < Lanes; i++) {
                    turned[tap][i] = Load(from + i * kernelSize);
                    // Too many lines, too far apart, for the processor to see the next ones coming.
                    __builtin_prefetch(from + i * kernelSize + Lanes);
                }
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
static void TransformAdjointWeights(
    const Plan& plan, Chunk chunk, const Scalar* w, int firstOutput, int width, Scalar* u)
{
    const int depth = plan.kT * chunk.channels;
    for (int k = 0; k < depth; k++) {
        const int tap = k / chunk.channels, channel = chunk.first + k % chunk.channels;
        const Int64 lastTap = (Int64(channel) * plan.kT + plan.kT - 1 - tap) * 9 + 8;
        const Scalar* last = w + lastTap * plan.outGroup + firstOutput;
        for (int o = 0; o < width; o += Lanes) {
            Vector places[Places];
            TransformTaps(last + o, -plan.outGroup, places);
            StorePlaces(places, u + Int64(k) * width + o, Int64(depth) * width);
        }
    }
}

// A' m of four elements along one axis.
DEVICE void TransformOutputAxis(Vector a, Vector b, Vector c, Vector d, Vector& first, Vector& second)
{
    first = a + b + c;
    second = b - c - d;
}

// The 2 x 2 outputs of the products of a tile.
DEVICE void TransformProducts(const Scalar* m, Int64 placeStride, Vector* outputs)
{
    Vector lines[TileSide][PatchSide];
#pragma GCC unroll 4
    for (int i = 0; i < PatchSide; i++) {
        const Scalar* at = m + i * placeStride;
        TransformOutputAxis(
            Load(at), Load(at + 4 * placeStride), Load(at + 8 * placeStride), Load(at + 12 * placeStride), lines[0][i],
            lines[1][i]);
    }
#pragma GCC unroll 2
    for (int i = 0; i < TileSide; i++) {
        const Vector* line = lines[i];
        TransformOutputAxis(line[0], line[1], line[2], line[3], outputs[2 * i], outputs[2 * i + 1]);
    }
}

// Outputs of a panel from m: [place][row][width].
static void TransformOutput(
    const Plan& plan, const WinogradPlan& division, const TileBlock& block, const Scalar* m, Int64 placeStride,
    int firstOutput, int width, Scalar* y)
{
    const Int64 line = Int64(plan.outW) * plan.outGroup;
    for (int tile = 0; tile < block.frames * block.tiles; tile++) {
        const TileSite site = TileSiteAt(plan, division, block, tile);
        for (int c = 0; c < width; c += Lanes) {
            Vector outputs[TileSide * TileSide];
            TransformProducts(m + Int64(tile) * width + c, placeStride, outputs);
            Scalar* to = y + site.place * plan.outGroup + firstOutput + c;
            Store(to, outputs[0]);
            if (site.hasColumn) Store(to + plan.outGroup, outputs[1]);
            if (site.hasRow) Store(to + line, outputs[2]);
            if (site.hasRow && site.hasColumn) Store(to + line + plan.outGroup, outputs[3]);
        }
    }
}
