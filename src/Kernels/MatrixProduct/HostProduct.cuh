// HostProduct: single-core matrix product for kernels that run on the CPU alone. It calls OpenBLAS through the address
// that the launcher passes, or, where that is null, a blocked product of its own.
#pragma once

#include "Common/HostScratch.cuh"

#include <cstdlib>
#include <cstring>

// cblas_sgemm, or cblas_dgemm: order, transA, transB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc.
using LibraryProduct = void (*)(
    int, int, int, int, int, int, Scalar, const Scalar*, int, const Scalar*, int, Scalar, Scalar*, int);

constexpr int RowMajor = 101;
constexpr int AsIs = 111;
constexpr int Transposed = 112;

// The register tile of OwnProduct, rows of A by columns of B: 6 x 32 floats take 12 of 32 vector registers of 16.
constexpr int TileRows = 6;
constexpr int TileColumns = 32;

// c[m,n] = op(a) op(b) + (accumulate ? c : 0), where op transposes if asked; leading dimensions count elements.
static void OwnProduct(
    bool transposeA, bool transposeB, int m, int n, int k, const Scalar* a, Int64 lda, const Scalar* b, Int64 ldb,
    bool accumulate, Scalar* c, Int64 ldc)
{
    const Int64 aRow = transposeA ? 1 : lda, aColumn = transposeA ? lda : 1;
    const Int64 bRow = transposeB ? 1 : ldb, bColumn = transposeB ? ldb : 1;
    Scalar* panel =
        static_cast<Scalar*>(aligned_alloc(64, sizeof(Scalar) * (size_t(k) * TileColumns + 64) / 64 * 64 + 64));
    for (int column = 0; column < n; column += TileColumns) {
        const int columns = Minimum(TileColumns, n - column);
        for (int p = 0; p < k; p++) {
            for (int j = 0; j < TileColumns; j++) {
                panel[size_t(p) * TileColumns + j] = j < columns ? b[p * bRow + (column + j) * bColumn] : Scalar(0);
            }
        }
        for (int row = 0; row < m; row += TileRows) {
            const int rows = Minimum(TileRows, m - row);
            Scalar sum[TileRows][TileColumns] = {};
            for (int p = 0; p < k; p++) {
                for (int i = 0; i < TileRows; i++) {
                    const Scalar value = a[(row + Minimum(i, rows - 1)) * aRow + p * aColumn];
                    for (int j = 0; j < TileColumns; j++) sum[i][j] += value * panel[size_t(p) * TileColumns + j];
                }
            }
            for (int i = 0; i < rows; i++) {
                for (int j = 0; j < columns; j++) {
                    Scalar* target = c + (row + i) * ldc + column + j;
                    *target = accumulate ? *target + sum[i][j] : sum[i][j];
                }
            }
        }
    }
    free(panel);
}

DEVICE void Product(
    LibraryProduct library, bool transposeA, bool transposeB, int m, int n, int k, const Scalar* a, Int64 lda,
    const Scalar* b, Int64 ldb, bool accumulate, Scalar* c, Int64 ldc)
{
    if (m == 0 || n == 0) return;
    if (library == nullptr || k == 0) {
        OwnProduct(transposeA, transposeB, m, n, k, a, lda, b, ldb, accumulate, c, ldc);
        return;
    }
    library(
        RowMajor, transposeA ? Transposed : AsIs, transposeB ? Transposed : AsIs, m, n, k, Scalar(1), a, int(lda), b,
        int(ldb), Scalar(accumulate ? 1 : 0), c, int(ldc));
}
