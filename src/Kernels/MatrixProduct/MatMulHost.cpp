// MatMulHost: batched matrix product on the CPU, one tile of the result a block, one core a tile, and what follows it
// while the tile is in the core's cache.
//   y[b] = epilogue(op(x[b]) op(w[b])); see Epilogue.cuh
//
// Shapes   as MatMul.cu
// Types    float and double
// Launch   one block for every tile of tileRows x tileColumns of every product
// Cost     2*B*M*N*K operations
#include "Common/Prelude.cuh"
#include "Common/Epilogue.cuh"
#include "MatrixProduct/HostProduct.cuh"

// The columns of one row. Functions of two straight parts have a loop that the compiler vectorises.
DEVICE void FinishRow(const Epilogue& epilogue, Scalar* y, Int64 row, int first, int count, int columnCount)
{
    const EpilogueNumbers& numbers = epilogue.numbers;
    if (numbers.function > 2 || epilogue.factor != nullptr || epilogue.noise != nullptr) {
        for (int i = 0; i < count; i++) y[i] = Finished(epilogue, y[i], row, first + i, columnCount);
        return;
    }

    const Scalar slope = numbers.function == 0 ? 1 : numbers.function == 1 ? 0 : numbers.slope;
    const Scalar gain = numbers.gain, limit = numbers.limit;
    const Scalar* bias = epilogue.bias;
    const Scalar* residual = epilogue.residual;
    if (bias != nullptr) {
        for (int i = 0; i < count; i++) y[i] += bias[first + i];
    }
    for (int i = 0; i < count; i++) {
        const Scalar value = gain * (y[i] > 0 ? y[i] : slope * y[i]);
        y[i] = value > limit ? limit : value < -limit ? -limit : value;
    }
    if (residual != nullptr) {
        for (int i = 0; i < count; i++) y[i] += residual[row * columnCount + first + i];
    }
}

KERNEL MatMulHost(
    const Scalar* x, const Scalar* w, const Scalar* factor, const Scalar* noise, const Scalar* bias,
    const Scalar* residual, Scalar* y, LibraryProduct library, EpilogueNumbers numbers, int m, int n, int k,
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

    const Epilogue epilogue = {factor, noise, bias, residual, numbers};
    for (Int64 r = batch * m + row; r < batch * m + row + rows; r++) {
        FinishRow(epilogue, y + r * n + column, r, column, columns, n);
    }
}
