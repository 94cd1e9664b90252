// HostEpilogue: the epilogue of a convolution on the CPU, applied while its sums are still in the cache.
#pragma once
#include "Common/Epilogue.cuh"
#include "Convolution/HostVector.cuh"

// The epilogue's operands for one row.
struct RowEpilogue {
    const Scalar *factor, *bias, *residual;  // at the row's first column, or null
    Scalar scale, noise, slope, gain;
    Vector lower, limit;
};

template <bool IsWhole> DEVICE void ApplyEpilogueToVector(const RowEpilogue& row, Scalar* y, int column, int count)
{
    Vector z = row.scale * Load<IsWhole>(y, count);
    if (row.factor != nullptr) z *= Load<IsWhole>(row.factor + column, count);
    z += row.noise;
    if (row.bias != nullptr) z += Load<IsWhole>(row.bias + column, count);
    z = row.gain * (z > Vector{} ? z : row.slope * z);
    z = z > row.limit ? row.limit : z < row.lower ? row.lower : z;
    if (row.residual != nullptr) z += Load<IsWhole>(row.residual + column, count);
    Store<IsWhole>(y, z, count);
}

// ApplyEpilogueToRow, vectorised over columns.
DEVICE void ApplyEpilogueToVectors(
    const Epilogue& epilogue, Scalar* y, Int64 row, int first, int count, int columnCount)
{
    const EpilogueParameters& parameters = epilogue.parameters;
    if (parameters.function > 2) {
        ApplyEpilogueToRow(epilogue, y, row, first, count, columnCount);
        return;
    }

    RowEpilogue own;
    own.factor = epilogue.factor == nullptr ? nullptr : epilogue.factor + row / parameters.factorRows * columnCount;
    own.bias = epilogue.bias;
    own.residual = epilogue.residual == nullptr ? nullptr : epilogue.residual + row * columnCount;
    own.scale = parameters.scale;
    own.noise = epilogue.noise == nullptr ? Scalar(0) : epilogue.noise[row];
    own.slope = parameters.slope;
    own.gain = Scalar(parameters.gain);
    own.lower = Vector{} + Scalar(parameters.lower);
    own.limit = Vector{} + Scalar(parameters.limit);
    int i = 0;
    for (; i + Lanes <= count; i += Lanes) ApplyEpilogueToVector<true>(own, y + i, first + i, Lanes);
    if (i < count) ApplyEpilogueToVector<false>(own, y + i, first + i, count - i);
}

// ApplyEpilogueToRow for neighbouring whole rows.
DEVICE void ApplyEpilogueToRows(const Epilogue& epilogue, Scalar* y, Int64 firstRow, Int64 endRow, int columnCount)
{
    if (IsNone(epilogue)) return;
    for (Int64 row = firstRow; row < endRow; row++) {
        ApplyEpilogueToRow(epilogue, y + row * columnCount, row, 0, columnCount, columnCount);
    }
}
