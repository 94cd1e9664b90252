// Transpose: copies elements between two strided views whose innermost axes differ, tile by tile.
//   y[o,c,r] = x[o,r,c]
//
// Shapes   x: rows r, each of neighbouring elements c; y: rows c, each of neighbouring elements r; both with up to four
//          outer axes o; see TransposePlan
// Types    any Scalar; nothing is computed
// Launch   one block per tile of 64 x 64 elements; any block size. isPacked: 16 bytes are loaded and stored at a time,
//          which sizes, strides and addresses on both sides must allow
// Cost     reads n, writes n: bound by memory
#include "Common/Prelude.cuh"
#include "Common/Batches.cuh"  // InBatches
#include "Common/Pack.cuh"     // Pack, PackLength, LoadPack, StorePack
#include "Common/Rows.cuh"     // Quotient

constexpr int OuterAxes = 4;
constexpr int Side = 64;                   // rows of a tile, and columns
constexpr int Width = PackLength<Scalar>;  // elements of a pack
constexpr int Packs = Side / Width;        // packs of a tile's row
constexpr int Neighbours = Packs < 8 ? Packs : 8;  // packs of a row of y that neighbouring threads store

struct TransposePlan {
    int rowCount, columnCount;  // of x
    int rowTiles, columnTiles;
    Int64 sourceStart;          // index of the first element in x
    Int64 rowStride;            // between rows of x
    Int64 columnStride;         // between rows of y
    int outerSize[OuterAxes];
    Int64 sourceStride[OuterAxes];  // of the outer axes; negative to run backwards
    Int64 targetStride[OuterAxes];
};

// A tile in shared memory, [row][pack]. The packs of a row are exchanged by the number of the row's own pack: threads
// that read neighbouring packs of rows at one column access different banks.
struct Tile {
    Pack<Width> packs[Side * Packs];

    MEMBER Pack<Width>& At(int row, int pack) { return packs[row * Packs + (pack ^ (row / Width))]; }
    MEMBER Scalar& Element(int row, int column) { return At(row, column / Width).value[column % Width]; }
};

DEVICE void LoadTile(const Scalar* __restrict__ x, Int64 rowStride, int rows, int columns, bool isPacked, Tile& tile)
{
    if (isPacked) {
        const auto load = [=](int i) {
            const int row = i / Packs, column = i % Packs * Width;
            const bool isInside = row < rows && column < columns;
            return isInside ? LoadPack<Width>(x + row * rowStride + column) : Pack<Width>();
        };
        InBatches<2>(threadIdx.x, Side * Packs, blockDim.x, load, [&](int i, const Pack<Width>& pack) {
            tile.At(i / Packs, i % Packs) = pack;
        });
        return;
    }
    for (int i = threadIdx.x; i < Side * Side; i += blockDim.x) {
        const int row = i / Side, column = i % Side;
        if (row < rows && column < columns) tile.Element(row, column) = x[row * rowStride + column];
    }
}

DEVICE void StoreTile(Tile& tile, int rows, int columns, bool isPacked, Scalar* __restrict__ y, Int64 columnStride)
{
    if (isPacked) {
        for (int i = threadIdx.x; i < Side * Packs; i += blockDim.x) {
            const int row = (i % Neighbours + i / (Neighbours * Side) * Neighbours) * Width;
            const int column = i / Neighbours % Side;
            if (row >= rows || column >= columns) continue;
            Pack<Width> pack;
            for (int k = 0; k < Width; k++) pack.value[k] = tile.Element(row + k, column);
            StorePack(y + column * columnStride + row, pack);
        }
        return;
    }
    for (int i = threadIdx.x; i < Side * Side; i += blockDim.x) {
        const int row = i % Side, column = i / Side;
        if (row < rows && column < columns) y[column * columnStride + row] = tile.Element(row, column);
    }
}

// On the host's one thread. Rows of the copy are padded, so that the elements of a column do not share few cache sets,
// as they do in x where its stride is a power of 2.
DEVICE void CopyTile(
    const Scalar* __restrict__ x, Int64 rowStride, int rows, int columns, Scalar* __restrict__ y, Int64 columnStride)
{
    constexpr int Stride = Side + 16;
    Scalar tile[Side * Stride];
    for (int row = 0; row < rows; row++) {
        for (int column = 0; column < columns; column++) tile[row * Stride + column] = x[row * rowStride + column];
    }
    for (int column = 0; column < columns; column++) {
        for (int row = 0; row < rows; row++) y[column * columnStride + row] = tile[row * Stride + column];
    }
}

KERNEL Transpose(const Scalar* __restrict__ x, Scalar* __restrict__ y, TransposePlan plan, int isPacked)
{
    Int64 outer = Quotient(blockIdx.x, plan.columnTiles);
    const int firstColumn = int(blockIdx.x - outer * plan.columnTiles) * Side;
    const Int64 rest = Quotient(outer, plan.rowTiles);
    const int firstRow = int(outer - rest * plan.rowTiles) * Side;
    outer = rest;
    Int64 source = plan.sourceStart + firstRow * plan.rowStride + firstColumn;
    Int64 target = firstColumn * plan.columnStride + firstRow;
    for (int axis = OuterAxes - 1; axis >= 0; axis--) {
        const Int64 above = Quotient(outer, plan.outerSize[axis]);
        const Int64 index = outer - above * plan.outerSize[axis];
        source += index * plan.sourceStride[axis];
        target += index * plan.targetStride[axis];
        outer = above;
    }

    const int rows = Minimum(Side, plan.rowCount - firstRow), columns = Minimum(Side, plan.columnCount - firstColumn);
    if constexpr (WarpSize == 1) {
        CopyTile(x + source, plan.rowStride, rows, columns, y + target, plan.columnStride);
        return;
    }
    __shared__ Tile tile;
    LoadTile(x + source, plan.rowStride, rows, columns, isPacked, tile);
    __syncthreads();  // writes by rows | reads by columns
    StoreTile(tile, rows, columns, isPacked, y + target, plan.columnStride);
}
