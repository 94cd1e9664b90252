// TileResult: stores the sums of a product's or convolution's tile: as they are, as a split-K part to be added to
// others, or as results, after the epilogue.
//
// A tile's rows mostly share one row of factors, which a thread then loads once, as it does its biases.
#pragma once
#include "Common/Epilogue.cuh"
#include "Common/TensorTile.cuh"

// Where a tile's sums go: to `part`, the block's split-K part, or, where that is null, to y.
struct TileResult {
    Epilogue epilogue;
    Scalar* y;
    float* part;
    Int64 row;                // the tile's first, in the whole result
    int column, columnCount;  // likewise, and columns of the whole result
};

template <typename T> DEVICE T* Moved(T* pointer, Int64 elements)
{
    return pointer == nullptr ? nullptr : pointer + elements;
}

// The rows of factors that a tile's rows use.
struct TileFactors {
    Int64 row;       // of factors, for the tile's first row
    int rowsBefore;  // that precede the tile and share this row of factors
    bool areMore;    // whether the tile uses further rows of factors
};

// rowEnd is the end of the tile's rows, counted from its first.
DEVICE TileFactors FactorsOf(const TileResult& tile, int rowEnd)
{
    if (tile.epilogue.factor == nullptr) return {};
    const int sharing = tile.epilogue.parameters.factorRows;
    const Int64 row = Quotient(tile.row, sharing);
    const int before = int(tile.row - row * sharing);
    return {row, before, before + rowEnd > sharing};
}

// Applies the epilogue to sums of neighbouring columns, and stores the results.
template <int Width, bool AnyActivation> struct EpilogueColumns {
    TileResult tile;
    TileFactors factors;
    Int64 at, factorsAt;             // offsets in the result and in the factors, at the tile's first row
    Scalar* start;                   // the address of `at` in y
    EpilogueOperands<Width> shared;  // by all rows: biases, and factors unless areMore

    MEMBER EpilogueColumns(const TileResult& result, const TileFactors& its, int first) : tile(result), factors(its)
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
            const unsigned step = unsigned(factors.rowsBefore + row) / unsigned(tile.epilogue.parameters.factorRows);
            operands.LoadFactors(tile.epilogue, factorsAt + Int64(step) * tile.columnCount);
        }
        return operands;
    }

    MEMBER void Store(int row, const Pack<Width, float>& sums, const EpilogueOperands<Width>& operands) const
    {
        StorePack(
            start + Int64(row) * tile.columnCount, ApplyEpilogue<Width, AnyActivation>(tile.epilogue, sums, operands));
    }
};

// Stores the sums of a tile, as much of it as lies in the result according to `extent`. rowOf maps the tile's rows to
// rows of the result, counted from the tile's first.
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
    if (IsPiecewiseLinear(tile.epilogue.parameters)) {
        constexpr int Batch = HasWarpgroups ? 4 : 2;  // more would cost registers, and with them occupancy
        StoreTile<Batch>(values, extent, rowOf, [=](auto width, int first) {
            return EpilogueColumns<width.Value, false>(tile, factors, first);
        });
    } else {
        StoreTile<1>(values, extent, rowOf, [=](auto width, int first) {
            return EpilogueColumns<width.Value, true>(tile, factors, first);
        });
    }
}
