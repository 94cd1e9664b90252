// HostTileTransforms: the Winograd transforms of inputs, weights and products, for HostWinograd and its gradient.
#pragma once
#include "Convolution/HostEpilogue.cuh"
#include "Convolution/HostTiles.cuh"

// Transforms a patch of `count` channels: first along its columns, then along its rows.
template <class Tile, bool IsWhole>
DEVICE void TransformPatch(
    const Scalar* const* elements, int channel, int count, const Scalar* scales, Scalar* to, Int64 pointStride)
{
    Vector d[Tile::Points], lines[Tile::Points], points[Tile::Points];
#pragma GCC unroll 42
    for (int i = 0; i < Tile::Points; i++) d[i] = Load<IsWhole>(elements[i] + channel, count);
    if (scales != nullptr) {
        const Vector scale = Load<IsWhole>(scales + channel, count);
#pragma GCC unroll 42
        for (int i = 0; i < Tile::Points; i++) d[i] *= scale;
    }
#pragma GCC unroll 6
    for (int i = 0; i < PatchWidth; i++) Tile::HeightAxis::TransformData(d + i, PatchWidth, lines + i);
#pragma GCC unroll 7
    for (int i = 0; i < Tile::PatchHeight; i++) {
        WidthAxis::TransformData(lines + i * PatchWidth, 1, points + i * PatchWidth);
    }
    StorePoints<Tile>(points, to, pointStride);
}

// The elements of x that a tile reads; `zeros` for those outside x.
template <class Tile>
DEVICE void FindPatch(
    const Plan& plan, const Scalar* x, const Scalar* zeros, int clip, int t, int line, int column,
    const Scalar** elements)
{
    const int firstH = line * Tile::Height - plan.beforeH, firstW = column * TileWidth - plan.beforeW;
    const Scalar* frame = x + (Int64(clip) * plan.inT + t) * plan.inH * plan.inW * plan.inGroup;
    for (int i = 0; i < Tile::Points; i++) {
        const int h = firstH + i / PatchWidth, w = firstW + i % PatchWidth;
        const bool isInside = t >= 0 && t < plan.inT && h >= 0 && h < plan.inH && w >= 0 && w < plan.inW;
        elements[i] = isInside ? frame + (Int64(h) * plan.inW + w) * plan.inGroup : zeros;
    }
}

// Fills v: [point][row][rowStride], where rows are the tiles of one frame after the other and channels are zero-padded
// to whole vectors.
template <class Tile>
static void TransformInput(
    const Plan& plan, const WinogradPlan& division, const TileBlock& block, Chunk chunk, const Input& input,
    const Scalar* zeros, Scalar* v)
{
    const Int64 pointStride = InputStride(block);
    const int tileCount = (block.frames + plan.kT - 1) * block.tiles;
    const Scalar* elements[Tile::Points];
    for (int tile = 0; tile < tileCount; tile++) {
        const int t = block.firstFrame + tile / block.tiles - plan.beforeT;
        const int line = block.firstLine + tile % block.tiles / division.tilesW;
        FindPatch<Tile>(plan, input.x, zeros, block.clip, t, line, tile % division.tilesW, elements);
        const Scalar* scales = ScalesOf(plan, input, block.clip, t, 0);
        Scalar* to = v + Int64(tile) * block.rowStride;
        int c = 0;
        for (; c + Lanes <= chunk.channels; c += Lanes) {
            TransformPatch<Tile, true>(elements, chunk.first + c, Lanes, scales, to + c, pointStride);
        }
        if (c < chunk.channels) {
            TransformPatch<Tile, false>(elements, chunk.first + c, chunk.channels - c, scales, to + c, pointStride);
        }
    }
}

// Transforms 3 x 3 taps, which lie tapStride apart; the adjoint's taps start at the last, with a negative stride.
template <class Tile>
DEVICE void TransformTaps(const Scalar* taps, Int64 tapStride, int count, Vector* points)
{
    Vector g[9], lines[Tile::PatchHeight * 3];
#pragma GCC unroll 9
    for (int i = 0; i < 9; i++) g[i] = LoadChannels(taps + i * tapStride, count);
#pragma GCC unroll 3
    for (int i = 0; i < 3; i++) {
        Tile::HeightAxis::Evaluate(g + i, 3, lines + i, 3);
        Tile::HeightAxis::Divide(lines + i, 3);
    }
#pragma GCC unroll 7
    for (int i = 0; i < Tile::PatchHeight; i++) {
        WidthAxis::Evaluate<3>(lines + 3 * i, 1, points + PatchWidth * i, 1);
        WidthAxis::Divide(points + PatchWidth * i, 1);
    }
}

// Transforms the weights of `count` output channels, from firstOutput on, to
// u: [point][tap over time and channel][width].
template <class Tile>
static void TransformWeights(
    const Plan& plan, Chunk chunk, const Scalar* w, int firstOutput, int count, int width, Scalar* u)
{
    const int channels = plan.inGroup, depth = plan.kT * chunk.channels;
    const Int64 kernelSize = Int64(plan.kT) * 9 * channels;
    Vector transposed[9][Lanes];
    for (int k = 0; k < depth; k += Minimum(Lanes, chunk.channels - k % chunk.channels)) {
        const int c = k % chunk.channels, present = Minimum(Lanes, chunk.channels - c);
        const Int64 source = Int64(k / chunk.channels) * 9 * channels + chunk.first + c;
        for (int o = 0; o < width; o += Lanes) {
            for (int tap = 0; tap < 9; tap++) {
                const Scalar* from = w + (firstOutput + o) * kernelSize + source + tap * channels;
                const int outputs = Minimum(Lanes, count - o);
                for (int i = outputs; i < Lanes; i++) transposed[tap][i] = Vector{};
                for (int i = 0; i < outputs; i++) {
                    transposed[tap][i] = LoadChannels(from + i * kernelSize, present);
                    // Too many streams, too far apart, for the hardware prefetcher.
                    __builtin_prefetch(from + i * kernelSize + Lanes);
                }
                Transpose(transposed[tap]);
            }
            for (int i = 0; i < present; i++) {
                Vector points[Tile::Points];
                TransformTaps<Tile>(reinterpret_cast<const Scalar*>(&transposed[0][i]), Lanes * Lanes, Lanes, points);
                StorePoints<Tile>(points, u + Int64(k + i) * width + o, Int64(depth) * width);
            }
        }
    }
}

// The same from the weights of the convolution whose adjoint this is: input and output channels exchanged, taps in
// reverse.
template <class Tile>
static void TransformAdjointWeights(
    const Plan& plan, Chunk chunk, const Scalar* w, int firstOutput, int count, int width, Scalar* u)
{
    const int depth = plan.kT * chunk.channels;
    for (int k = 0; k < depth; k++) {
        const int tap = k / chunk.channels, channel = chunk.first + k % chunk.channels;
        const Int64 lastTap = (Int64(channel) * plan.kT + plan.kT - 1 - tap) * 9 + 8;
        const Scalar* last = w + lastTap * plan.outGroup + firstOutput;
        for (int o = 0; o < width; o += Lanes) {
            Vector points[Tile::Points];
            TransformTaps<Tile>(last + o, -plan.outGroup, count - o, points);
            StorePoints<Tile>(points, u + Int64(k) * width + o, Int64(depth) * width);
        }
    }
}

// Transforms the products of a tile to its outputs.
template <class Tile>
DEVICE void TransformProducts(const Scalar* m, Int64 pointStride, Vector* outputs)
{
    Vector lines[Tile::Height * PatchWidth];
#pragma GCC unroll 6
    for (int i = 0; i < PatchWidth; i++) {
        Vector column[Tile::PatchHeight];
#pragma GCC unroll 7
        for (int j = 0; j < Tile::PatchHeight; j++) column[j] = Load(m + (j * PatchWidth + i) * pointStride);
        Tile::HeightAxis::Gather(column, 1, lines + i, PatchWidth);
    }
#pragma GCC unroll 5
    for (int i = 0; i < Tile::Height; i++) {
        WidthAxis::Gather<TileWidth>(lines + i * PatchWidth, 1, outputs + i * TileWidth, 1);
    }
}

// Transforms m: [point][row][width] to `count` output channels of a panel, and applies the epilogue.
template <class Tile>
static void TransformOutput(
    const Plan& plan, const WinogradPlan& division, const TileBlock& block, const Scalar* m, Int64 pointStride,
    int firstOutput, int count, int width, const Epilogue& epilogue, Scalar* y)
{
    const bool isFinal = IsNone(epilogue);
    for (int tile = 0; tile < block.frames * block.tiles; tile++) {
        const TileSite site = TileSiteAt<Tile>(plan, division, block, tile);
        Scalar* target = y + site.first * plan.outGroup + firstOutput;
        for (int c = 0; c < count; c += Lanes) {
            Vector outputs[Tile::Height * TileWidth];
            TransformProducts<Tile>(m + Int64(tile) * width + c, pointStride, outputs);
            for (int i = 0; i < site.rows; i++) {
                Scalar* to = target + Int64(i) * plan.outW * plan.outGroup + c;
                for (int j = 0; j < site.columns; j++, to += plan.outGroup) {
                    StoreChannels(to, outputs[i * TileWidth + j], count - c);
                }
            }
        }
        for (int i = 0; i < site.rows && !isFinal; i++) {
            for (int j = 0; j < site.columns; j++) {
                const Int64 row = site.first + i * plan.outW + j;
                ApplyEpilogueToVectors(
                    epilogue, y + row * plan.outGroup + firstOutput, row, firstOutput, count, plan.outGroup);
            }
        }
    }
}
