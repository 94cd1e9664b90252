// MatMulHost: batched matrix product on the CPU; a block computes one tile of the result on one core and applies the
// epilogue while the tile is in that core's cache.
//   y[b] = epilogue(op(x[b]) op(w[b])); see Epilogue.cuh
//
// Shapes   as MatMul.cu
// Types    float and double
// Launch   one block per tileRows x tileColumns tile of every product
// Cost     2*B*M*N*K operations
#include "Common/Prelude.cuh"
#include "Common/Epilogue.cuh"
#include "MatrixProduct/HostProduct.cuh"

KERNEL MatMulHost(
    const Scalar* x, const Scalar* w, const Scalar* factor, const Scalar* noise, const Scalar* bias,
    const Scalar* residual, Scalar* y, LibraryProduct library, EpilogueParameters parameters, int m, int n, int k,
    Int64 xBatch, Int64 wBatch, int transposeX, int transposeW,
    int tileRows, int tileColumns, int hasEpilogue)
{
    const int tilesDown = (m + tileRows - 1) / tileRows;
    const int tilesAcross = (n + tileColumns - 1) / tileColumns;
    const Int64 batch = blockIdx.x / tilesAcross / tilesDown;
    const int row = int(blockIdx.x / tilesAcross % tilesDown) * tileRows;
    const int column = int(blockIdx.x % tilesAcross) * tileColumns;
    const Int64 ldx = transposeX ? m : k;
    const Int64 ldw = transposeW ? k : n;
    const int rows = Minimum(tileRows, m - row), columns = Minimum(tileColumns, n - column);
    Product(
        library, transposeX, transposeW, rows, columns, k,
        x + batch * xBatch + (transposeX ? row : row * ldx), ldx,
        w + batch * wBatch + (transposeW ? column * ldw : column), ldw, false, y + (batch * m + row) * n + column, n);
    if (!hasEpilogue) return;

    const Epilogue epilogue = {factor, noise, bias, residual, parameters};
    for (Int64 r = batch * m + row; r < batch * m + row + rows; r++) {
        ApplyEpilogueToRow(epilogue, y + r * n + column, r, column, columns, n);
    }
}
