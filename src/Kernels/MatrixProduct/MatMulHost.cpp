// MatMulHost: batched matrix product on the CPU, one tile of the result a block, one core a tile.
//   y[b] = op(x[b]) op(w[b])
//
// Shapes   as MatMul.cu
// Types    float and double
// Launch   one block for every tile of tileRows x tileColumns of every product
// Cost     2*B*M*N*K operations
#include "Common/Prelude.cuh"
#include "MatrixProduct/HostProduct.cuh"

KERNEL MatMulHost(
    const Scalar* x, const Scalar* w, Scalar* y, LibraryProduct library, int m, int n, int k, Int64 xBatch,
    Int64 wBatch,
    int transposeX, int transposeW, int tileRows, int tileColumns)
{
    const int tilesDown = (m + tileRows - 1) / tileRows;
    const int tilesAcross = (n + tileColumns - 1) / tileColumns;
    const Int64 batch = blockIdx.x / tilesAcross / tilesDown;
    const int row = int(blockIdx.x / tilesAcross % tilesDown) * tileRows;
    const int column = int(blockIdx.x % tilesAcross) * tileColumns;
    const Int64 ldx = transposeX ? m : k;
    const Int64 ldw = transposeW ? k : n;
    Product(
        library, transposeX, transposeW, Minimum(tileRows, m - row), Minimum(tileColumns, n - column), k,
        x + batch * xBatch + (transposeX ? row : row * ldx), ldx,
        w + batch * wBatch + (transposeW ? column * ldw : column), ldw, false, y + (batch * m + row) * n + column, n);
}
