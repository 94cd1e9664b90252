// TensorTile: a block's tile of a matrix product on tensor cores: k-slices of both operands stream through a ring of
// shared-memory stages, so that copies overlap multiplications.
//   sums[m,n] += sum over k of x[m,k] w[k,n], for TileRows x TileColumns of the result
//
// The block's variant: TileRows, TileColumns; WarpsDown, WarpsAcross, how the warps divide the tile; Stages, the slices
// in the ring; HasWarpgroups, which of two ways multiplies them:
//   0  each warp by itself (mma.sync): WarpTile.cuh
//   1  four warps as one (wgmma), on compute capability 9.0: WarpgroupTile.cuh
//
// Shared   An operand is K-major (its rows are rows of the tile) or MN-major (its rows are those of K). Either way,
//          rows are cut into 16-byte chunks, swizzled so that the chunks that are read at once lie in different banks;
//          each layout has its own swizzle.
// Registers  every loop over fragments or chunks is unrolled, or their arrays would be in local memory
// Order    additions run along K from first to last, whatever the tile and the stages
// Source   the pipelines of CUTLASS, Thakkar et al. 2023, and of Boehm 2022
#pragma once
#include "Common/Batches.cuh"  // InBatches
#include "Common/Mma.cuh"
#include "Common/Pack.cuh"

#if !defined(HasScales)
#define HasScales 0
#endif
#if !defined(HasWarpgroups)
#define HasWarpgroups 0
#endif

constexpr int TileThreads = 32 * WarpsDown * WarpsAcross;
constexpr int SliceBytes = HasWarpgroups ? 128 : 64;  // of K
constexpr int SliceDepth = SliceBytes / sizeof(Scalar);
constexpr int ChunkLength = 16 / sizeof(Scalar);
constexpr int XBytes = TileRows * SliceBytes;
constexpr int StagedColumns = HasWarpgroups ? (TileColumns + 63) / 64 * 64 : TileColumns;  // N-major boxes have 64
constexpr int ScalesAt = (TileRows + StagedColumns) * SliceBytes;                          // offset in a stage
constexpr int StageBytes = ScalesAt + HasScales * SliceBytes;
constexpr int SumStride = TileColumns + 8;  // padded: rows that a warp writes at once lie in different banks

// An operand's k-slice in shared memory; Size is the tile's extent (M or N).
template <int Size, bool IsKMajor> struct Slice {
    static constexpr int ChunksOfRow = IsKMajor ? SliceBytes / 16 : Size / ChunkLength;

    // Byte offset of a chunk of a row.
    static MEMBER int Offset(int row, int chunk);
};

// OPERAND declares a kernel's parameter for an operand.
#if HasWarpgroups
#include "Common/WarpgroupTile.cuh"
#define OPERAND TENSOR_MAP
#else
#include "Common/WarpTile.cuh"
#define OPERAND const Scalar* __restrict__
#endif

// Offset of a sum in its row of SumStride floats, once all sums are in the ring's memory: in every second 32 columns,
// neighbouring fours are exchanged, so that neighbouring lanes, which read eight in two steps, hit different banks.
DEVICE int SumOffset(int column) { return column / 8 * 8 + (column % 8 ^ column / 32 % 2 * 4); }

// Moves the sums there: global stores in the order of fragments would be scattered.
DEVICE const float* ShareSums(const TileSums& sums, char* ring)
{
    float* values = reinterpret_cast<float*>(ring);
    const int lane = threadIdx.x % WarpSize, firstColumn = FirstColumn() + lane % 4 * 2;
    float* const own = values + (FirstRow() + lane / 4) * SumStride;
    __syncthreads();  // reads of the last slices | writes of the sums over them
#pragma unroll
    for (int i = 0; i < XFragments; i++) {
#pragma unroll
        for (int j = 0; j < WFragments; j++) {
#pragma unroll
            for (int half = 0; half < 2; half++) {
                const float* pair = sums.of[i][j].values + 2 * half;
                float* const row = own + (FragmentRows * i + half * 8) * SumStride;
                *reinterpret_cast<Pack<2, float>*>(row + SumOffset(firstColumn + 8 * j)) = {{pair[0], pair[1]}};
            }
        }
    }
    __syncthreads();  // writes of the sums | reads of them
    return values;
}

template <int Width> DEVICE Pack<Width, float> SumsAt(const float* values, int row, int column)
{
    constexpr int Step = Width < 4 ? Width : 4;
    Pack<Width, float> sums;
#pragma unroll
    for (int first = 0; first < Width; first += Step) {
        const Pack<Step, float> some = LoadPack<Step>(values + row * SumStride + SumOffset(column + first));
        Count<Step>::ForEach([&](int k) { sums.value[first + k] = some.value[k]; });
    }
    return sums;
}

// The part of a tile that lies within the result, and whether its rows can be written in packs.
struct TileExtent {
    int rows, columns;
    bool isPacked;
};

// A row of the result, the sums of neighbouring columns in it, and the operands loaded for them.
template <int Width, typename Operands> struct RowPack {
    int row;
    Operands operands;
    Pack<Width, float> sums;
};

// Stores such packs in their columns: a functor in place of a closure, which not every compiler would inline.
template <typename Columns> struct PackStore {
    Columns columns;

    template <typename SomePack> MEMBER void operator()(int, const SomePack& pack) const
    {
        columns.Store(pack.row, pack.sums, pack.operands);
    }
};

// A thread keeps its columns and walks down the rows, so that what depends on columns alone is computed once. Where the
// packs of a row of the tile do not divide the threads, the last threads are idle.
template <int Width, int Batch, typename RowOf, typename ColumnsOf>
DEVICE void StorePacks(const float* values, const TileExtent& extent, RowOf rowOf, ColumnsOf columnsOf)
{
    constexpr int Across = TileColumns / Width, RowStep = TileThreads / Across;
    const int firstRow = int(threadIdx.x) / Across, column = int(threadIdx.x) % Across * Width;
    if (firstRow >= RowStep || column >= extent.columns) return;  // no barrier follows
    const auto columns = columnsOf(Count<Width>(), column);
    if (columns.start == nullptr) return;  // likewise
    const auto load = [=](int r) {
        const int row = rowOf(r);
        const auto operands = columns.Load(row);
        return RowPack<Width, decltype(columns.Load(0))>{row, operands, SumsAt<Width>(values, r, column)};
    };
    const PackStore<decltype(columnsOf(Count<Width>(), column))> store = {columns};
    InBatches<Batch>(firstRow, Minimum(TileRows, extent.rows), RowStep, load, store);
}

// Stores the sums at `values`. columnsOf(width, column) returns what stores neighbouring columns, by Load(row) and then
// Store(row, sums, loaded), unless its `start` is null; rowOf maps rows of the tile to rows of the result. `Batch` of a
// thread's loads are in flight together.
template <int Batch, typename RowOf, typename ColumnsOf>
DEVICE void StoreTile(const float* values, const TileExtent& extent, RowOf rowOf, ColumnsOf columnsOf)
{
    if (extent.isPacked) StorePacks<PackLength<Scalar>, Batch>(values, extent, rowOf, columnsOf);
    else StorePacks<1, 1>(values, extent, rowOf, columnsOf);
}

// The identity: rows or columns are numbered as in the tile.
struct AsInTile {
    MEMBER int operator()(int number) const { return number; }
};

template <int Width, typename Number> struct PlainColumns {
    Number* start;  // of row 0
    int stride;     // between rows

    MEMBER int Load(int) const { return 0; }
    MEMBER void Store(int row, const Pack<Width, float>& sums, int) const
    {
        Pack<Width, Number> results;
        Count<Width>::ForEach([&](int k) { results.value[k] = Number(sums.value[k]); });
        StorePack(start + Int64(row) * stride, results);
    }
};

// Stores the sums at `values` as they are, converted to Number, from `start` on in rows that are `stride` apart.
// Columns that columnOf maps to -1 are not stored.
template <typename Number, typename RowOf, typename ColumnOf>
DEVICE void StorePlain(
    const float* values, const TileExtent& extent, Number* start, int stride, RowOf rowOf, ColumnOf columnOf)
{
    StoreTile<2>(values, extent, rowOf, [=](auto width, int column) {
        const int target = columnOf(column);
        return PlainColumns<width.Value, Number>{target < 0 ? nullptr : start + target, stride};
    });
}
