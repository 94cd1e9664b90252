// HostEpilogue: what follows a convolution on the CPU, applied while its sums are in the cache.
#pragma once
#include "Common/Epilogue.cuh"
#include "Convolution/HostVector.cuh"

// FinishRow for whole vectors of columns.
DEVICE void FinishVectors(const Epilogue& epilogue, Scalar* y, Int64 row, int first, int count, int columnCount)
{
    const EpilogueNumbers& numbers = epilogue.numbers;
    if (numbers.function > 2) {
        FinishRow(epilogue, y, row, first, count, columnCount);
        return;
    }

    const Scalar slope = numbers.function == 0 ? 1 : numbers.function == 1 ? 0 : numbers.slope;
    const Scalar noise = epilogue.noise == nullptr ? Scalar(0) : epilogue.noise[row];
    const Scalar* factor =
        epilogue.factor == nullptr ? nullptr : epilogue.factor + row / numbers.factorRows * columnCount + first;
    const Vector limit = Vector{} + Scalar(numbers.limit);
    for (int i = 0; i < count; i += Lanes) {
        Vector z = Load(y + i);
        if (factor != nullptr) z *= Load(factor + i);
        z += noise;
        if (epilogue.bias != nullptr) z += Load(epilogue.bias + first + i);
        z = Scalar(numbers.gain) * (z > Vector{} ? z : slope * z);
        z = z > limit ? limit : z < -limit ? -limit : z;
        if (epilogue.residual != nullptr) z += Load(epilogue.residual + row * columnCount + first + i);
        Store(y + i, z);
    }
}

// Some whole rows.
DEVICE void FinishRows(const Epilogue& epilogue, Scalar* y, Int64 firstRow, Int64 endRow, int columnCount)
{
    if (IsNone(epilogue)) return;
    for (Int64 row = firstRow; row < endRow; row++) {
        FinishRow(epilogue, y + row * columnCount, row, 0, columnCount, columnCount);
    }
}
