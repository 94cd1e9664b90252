// TileResult: what the tile of a product or convolution ends in. Its sums are stored as they are, to be joined with
// other parts of them, or as results, with what follows them.
//
// A tile's rows mostly share one row of factors, which is then read once by a thread, as its biases are.
#pragma once
#include "Common/Epilogue.cuh"
#include "Common/TensorTile.cuh"

// Where a tile's sums go: to the block's part of all sums, or, where that is null, to y.
struct TileResult {
    Epilogue epilogue;
    Scalar* y;
    float* part;
    Int64 row;                // of the whole result, where the tile begins
    int column, columnCount;  // likewise, and columns of the whole result
};

template <typename T> DEVICE T* Moved(T* pointer, Int64 elements)
{
    return pointer == nullptr ? nullptr : pointer + elements;
}

// Which factors a tile's rows have.
struct TileFactors {
    Int64 row;       // of those of the tile's first row
    int rowsBefore;  // before the tile's first row, that share them
    bool areMore;    // than those of the first row
};

// Rows are numbered from the tile's first up to rowEnd.
DEVICE TileFactors FactorsOf(const TileResult& tile, int rowEnd)
{
    if (tile.epilogue.factor == nullptr) return {};
    const int sharing = tile.epilogue.numbers.factorRows;
    const Int64 row = Quotient(tile.row, sharing);
    const int before = int(tile.row - row * sharing);
    return {row, before, before + rowEnd > sharing};
}

// Finishes sums of neighbouring columns.
template <int Width, bool HasCurves> struct FinishedColumns {
    TileResult tile;
    TileFactors factors;
    Int64 at, factorsAt;             // in the result, and among the factors, in the tile's first row
    Scalar* start;                   // likewise, in y
    EpilogueOperands<Width> shared;  // by the rows: biases, and factors if there are no more

    MEMBER FinishedColumns(const TileResult& result, const TileFactors& its, int first) : tile(result), factors(its)
    {
        const int column = tile.column + first;
        at = tile.row * tile.columnCount + column;
        factorsAt = factors.row * tile.columnCount + column;
        start = tile.y + at;
        shared.LoadBiases(tile.epilogue, column);
        shared.LoadFactors(tile.epilogue, factorsAt);
    }

    MEMBER EpilogueOperands<Width> Load(int row) const
    {
        EpilogueOperands<Width> operands = shared;
        operands.LoadRow(tile.epilogue, tile.row + row, at + Int64(row) * tile.columnCount);
        if (factors.areMore) {
            const unsigned step = unsigned(factors.rowsBefore + row) / unsigned(tile.epilogue.numbers.factorRows);
            operands.LoadFactors(tile.epilogue, factorsAt + Int64(step) * tile.columnCount);
        }
        return operands;
    }

    MEMBER void Store(int row, const Pack<Width, float>& sums, const EpilogueOperands<Width>& operands) const
    {
        StorePack(start + Int64(row) * tile.columnCount, Finished<Width, HasCurves>(tile.epilogue, sums, operands));
    }
};

// Stores the sums of a tile, of which as much is in the result as `extent` says. rowOf numbers its rows in the result,
// from the first one on.
template <typename RowOf>
DEVICE void StoreResult(
    const TileSums& sums, char* ring, const TileResult& tile, const TileExtent& extent, RowOf rowOf)
{
    const float* values = ShareSums(sums, ring);
    const Int64 at = tile.row * tile.columnCount + tile.column;
    if (tile.part != nullptr) {
        StorePlain(values, extent, tile.part + at, tile.columnCount, rowOf, AsInTile());
        return;
    }
    if (IsNone(tile.epilogue)) {
        StorePlain(values, extent, tile.y + at, tile.columnCount, rowOf, AsInTile());
        return;
    }

    const TileFactors factors = FactorsOf(tile, rowOf(Minimum(TileRows, extent.rows) - 1) + 1);
    if (IsStraight(tile.epilogue.numbers)) {
        constexpr int Batch = HasWarpgroups ? 4 : 2;  // more would take registers that other blocks could have
        StoreTile<Batch>(values, extent, rowOf, [=](auto width, int first) {
            return FinishedColumns<width.Value, false>(tile, factors, first);
        });
    } else {
        StoreTile<1>(values, extent, rowOf, [=](auto width, int first) {
            return FinishedColumns<width.Value, true>(tile, factors, first);
        });
    }
}
