// HostRows: short rows that the host device processes as one joined row, so that they fill its vectors.
#pragma once
#include "Common/Prelude.cuh"

constexpr int JoinedLength = 256;  // most elements of a joined row

// Repeats per-column values for each of the joined rows: joined[row, c] = values[c].
DEVICE void RepeatRow(
    const Scalar* __restrict__ values, int columnCount, int rowCount, Scalar (&joined)[JoinedLength])
{
    for (int row = 0; row < rowCount; row++) {
        for (int c = 0; c < columnCount; c++) joined[row * columnCount + c] = values[c];
    }
}
