// HostRows: rows of few columns that the host device takes as one row, so that they fill its vectors.
#pragma once
#include "Common/Prelude.cuh"

constexpr int JoinedLength = 256;  // elements of rows that are taken as one, at most

// What each of the rows meets, once for every one of them: joined[row, c] = values[c].
DEVICE void RepeatRow(
    const Scalar* __restrict__ values, int columnCount, int rowCount, Scalar (&joined)[JoinedLength])
{
    for (int row = 0; row < rowCount; row++) {
        for (int c = 0; c < columnCount; c++) joined[row * columnCount + c] = values[c];
    }
}
