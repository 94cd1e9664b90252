// HostTiles: how HostWinograd and its gradient divide a convolution with 3 x 3 taps a frame into tiles of 3 x 4
// outputs, each with the patch of 5 x 6 inputs that it reads: 3.6 times fewer multiplications. A point is an element of
// a transformed patch: a pair of the points of HostTileAxes, one for each axis. Tiles of 4 x 4 have more points (36)
// than there are registers, and frames of 9, 18 and 36 rows are whole tiles of 3: measured 1.1 to 1.9 times as slow.
// Tiles of 5 x 4 outputs with 7 x 6 inputs, 4.3 times fewer multiplications, are not for weight gradients, and for
// frames that fill them better: a frame of 5 rows needs one tile of 42 points in place of two of 30.
#pragma once
#include "Convolution/HostInput.cuh"
#include "Convolution/HostTileAxes.cuh"

using WidthAxis = FourOutputs;
constexpr int TileWidth = WidthAxis::Outputs, PatchWidth = TileWidth + 2;

// A tile, given the transforms along its height.
template <class Axis> struct TileOf {
    using HeightAxis = Axis;
    static constexpr int Height = Axis::Outputs, PatchHeight = Height + 2, Points = PatchHeight * PatchWidth;
};
using FlatTile = TileOf<ThreeOutputs>;
using TallTile = TileOf<FiveOutputs>;

// The micro-kernel's tile, rows x output channels whose sums are kept in registers, and the depth (K) of a panel of
// weights that meanwhile stays in the L1 cache.
constexpr int StripRows = Registers == 32 ? 12 : 6;
constexpr int PanelWidth = 2 * Lanes;
constexpr int PanelDepth = 16384 / PanelWidth / int(sizeof(Scalar));

DEVICE int Parts(int size, int part) { return (size + part - 1) / part; }

// How the work is divided into blocks; WinogradPlan in C# has the same layout.
struct WinogradPlan {
    int tilesH, tilesW;                 // of a frame
    int framesPerBlock, linesPerBlock;  // lines of tiles
    int inputsAtOnce, outputsAtOnce;    // channels
};

// Channels rounded up to whole vectors.
DEVICE int WholeVectors(int channels) { return Parts(channels, Lanes) * Lanes; }

// Tiles that are transformed together: some lines of tiles of some neighbouring frames.
struct TileBlock {
    int clip, firstFrame, frames, firstLine, lines;
    int tiles;      // of one frame
    int rows;       // tiles of all frames, rounded up to whole strips
    int rowsRead;   // rows, and those of the frames that the taps over time read in addition
    int rowStride;  // between rows of transformed inputs
};

// A range of channels that are processed together.
struct Chunk {
    int first, channels;
};

DEVICE Chunk ChunkAt(int first, int size, int count) { return {first, Minimum(size, count - first)}; }

// The distance between rows of transformed inputs: the channels of a chunk. With many channels, one cache line more, so
// that the rows of a strip do not map to the same cache set.
DEVICE int RowStride(const WinogradPlan& division)
{
    constexpr int Line = 64 / int(sizeof(Scalar));
    return division.inputsAtOnce + (division.inputsAtOnce < 4 * Line ? 0 : Line);
}

DEVICE Int64 TileBlockCount(const Plan& plan, const WinogradPlan& division)
{
    const int lineBlocks = Parts(division.tilesH, division.linesPerBlock);
    return Int64(plan.n) * Parts(plan.outT, division.framesPerBlock) * lineBlocks;
}

DEVICE TileBlock TileBlockAt(const Plan& plan, const WinogradPlan& division, Int64 index)
{
    const int lineBlocks = Parts(division.tilesH, division.linesPerBlock);
    const int frameBlocks = Parts(plan.outT, division.framesPerBlock);
    TileBlock block;
    block.firstLine = int(index % lineBlocks) * division.linesPerBlock;
    block.firstFrame = int(index / lineBlocks % frameBlocks) * division.framesPerBlock;
    block.clip = int(index / lineBlocks / frameBlocks);
    block.lines = Minimum(division.linesPerBlock, division.tilesH - block.firstLine);
    block.frames = Minimum(division.framesPerBlock, plan.outT - block.firstFrame);
    block.tiles = block.lines * division.tilesW;
    block.rows = Parts(block.frames * block.tiles, StripRows) * StripRows;
    block.rowsRead = block.rows + (plan.kT - 1) * block.tiles;
    block.rowStride = RowStride(division);
    return block;
}

// An upper bound of the rows that a block reads.
DEVICE Int64 MostRows(const Plan& plan, const WinogradPlan& division)
{
    const Int64 tiles = Int64(division.linesPerBlock) * division.tilesW;
    return (division.framesPerBlock + plan.kT - 1) * tiles + StripRows;
}

// The outputs of a tile: the index of its first, and how many rows and columns of it lie within the frame.
struct TileSite {
    Int64 first;
    int rows, columns;
};

template <class Tile>
DEVICE TileSite TileSiteAt(const Plan& plan, const WinogradPlan& division, const TileBlock& block, int tile)
{
    const int t = block.firstFrame + tile / block.tiles;
    const int h = (block.firstLine + tile % block.tiles / division.tilesW) * Tile::Height;
    const int w = tile % division.tilesW * TileWidth;
    const Int64 first = ((Int64(block.clip) * plan.outT + t) * plan.outH + h) * plan.outW + w;
    return {first, Minimum(Tile::Height, plan.outH - h), Minimum(TileWidth, plan.outW - w)};
}

// The distance between the points of transformed tiles: no power of two, so that they do not map to the same cache set.
DEVICE Int64 PointStride(Int64 size) { return size + 17 * Lanes; }

DEVICE Int64 InputStride(const TileBlock& block) { return PointStride(Int64(block.rowsRead) * block.rowStride); }

template <class Tile> DEVICE void StorePoints(const Vector* points, Scalar* to, Int64 pointStride)
{
#pragma GCC unroll 42
    for (int i = 0; i < Tile::Points; i++) *reinterpret_cast<Vector*>(to + i * pointStride) = points[i];
}
