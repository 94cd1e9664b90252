// Mma: each wrapper of Mma.cuh by itself.
//   MmaProduct   y[b,m,n] = sum over k of x[b,m,k] w[b,n,k], one warp a product, fragments filled by their layout
//   MmaLoad      y[b] = the registers of LoadMatrices and LoadMatricesTransposed of 1, 2 and 4 matrices
//   MmaCopy      y[b,r,t] = x[b,r,t] if isThere[t], else zeros, read by the next thread
//   MmaRound     y[t] = the bits of x[t] rounded to tf32, or of x[t] and x[t + 1] packed
//   MmaEach      y[t] = the bits of x[t] x[t + 1], rounded, or of that and x[t + 1] x[t + 2] packed
//
// Shapes   x: [B, 16, K], w: [B, 8, K], y: [B, 16, 8]; x: [B, 32, 16 bytes], y: [B, 14, 32]; x, y: [B, R, T, 16 bytes]
// Types    stored as Scalar, summed in float; registers as integers
// Launch   MmaProduct any number of whole warps a block; MmaLoad and MmaRound one warp; MmaCopy any block
// Cost     none to speak of
// Limits   K is a multiple of the fragments' depth; only for tests
// Source   ours
#include "Common/Prelude.cuh"  // KERNEL, Scalar
#include "Common/Mma.cuh"      // Mma, LoadMatrices, CopyAsync, ...

constexpr int PieceLength = 4 / sizeof(Scalar);

DEVICE unsigned Piece(const Scalar* row, int piece)
{
    if constexpr (sizeof(Scalar) == 4) {
        return RoundToTf32(float(row[piece]));
    } else {
        return PackTwo<Scalar>(row[2 * piece], row[2 * piece + 1]);
    }
}

KERNEL MmaProduct(const Scalar* x, const Scalar* w, float* y, int depth)
{
    const int warp = int(blockIdx.x * (blockDim.x / WarpSize) + threadIdx.x / WarpSize);
    const int row = threadIdx.x % WarpSize / 4, four = threadIdx.x % 4;
    const Scalar* rows = x + (warp * 16 + row) * depth;
    const Scalar* columns = w + (warp * 8 + row) * depth;
    FragmentSum sum = {};
    for (int piece = four; piece < depth / PieceLength; piece += 8) {
        const FragmentX left = {Piece(rows, piece), Piece(rows + 8 * depth, piece), Piece(rows, piece + 4),
                                Piece(rows + 8 * depth, piece + 4)};
        const FragmentW right = {Piece(columns, piece), Piece(columns, piece + 4)};
        Mma<Scalar>::Multiply(sum, left, right);
    }

    float* target = y + (warp * 16 + row) * 8 + 2 * four;
    target[0] = sum.values[0];
    target[1] = sum.values[1];
    target[64] = sum.values[2];
    target[65] = sum.values[3];
}

KERNEL MmaLoad(const Scalar* x, unsigned* y)
{
    constexpr int RowLength = 16 / sizeof(Scalar);
    alignas(16) __shared__ Scalar rows[32 * RowLength];  // [row, 16 bytes]: 8 rows in a row meet all banks once
    const int lane = threadIdx.x;
    for (int index = 0; index < RowLength; index++) {
        rows[lane * RowLength + index] = x[(blockIdx.x * 32 + lane) * RowLength + index];
    }
    __syncthreads();  // the writes | the loads
    unsigned one[1], two[2], four[4];
    unsigned* target = y + blockIdx.x * 14 * 32 + lane;
    LoadMatrices(one, rows + lane % 8 * RowLength);
    LoadMatrices(two, rows + lane % 16 * RowLength);
    LoadMatrices(four, rows + lane * RowLength);
    target[0] = one[0];
    for (int index = 0; index < 2; index++) target[(1 + index) * 32] = two[index];
    for (int index = 0; index < 4; index++) target[(3 + index) * 32] = four[index];
    LoadMatricesTransposed(one, rows + lane % 8 * RowLength);
    LoadMatricesTransposed(two, rows + lane % 16 * RowLength);
    LoadMatricesTransposed(four, rows + lane * RowLength);
    target[7 * 32] = one[0];
    for (int index = 0; index < 2; index++) target[(8 + index) * 32] = two[index];
    for (int index = 0; index < 4; index++) target[(10 + index) * 32] = four[index];
}

KERNEL MmaCopy(const UInt8* x, const int* isThere, UInt8* y, int rounds)
{
    DYNAMIC_SHARED(UInt8, ring);  // [3, thread, 16]
    const int size = 16 * blockDim.x;
    const int other = int((threadIdx.x + 1) % blockDim.x);
    const UInt8* source = x + Int64(blockIdx.x) * rounds * size;
    UInt8* target = y + Int64(blockIdx.x) * rounds * size;
    for (int round = 0; round < rounds + 2; round++) {
        if (round < rounds) {
            CopyAsync(ring + round % 3 * size + 16 * threadIdx.x, source + round * size + 16 * threadIdx.x,
                      isThere[threadIdx.x] != 0);
        }
        CopyCommit();
        CopyWait<2>();
        __syncthreads();  // the copies of two rounds ago | their reads
        for (int index = 0; index < 16 && round >= 2; index++) {
            target[(round - 2) * size + 16 * other + index] = ring[(round - 2) % 3 * size + 16 * other + index];
        }
        __syncthreads();  // the reads | the copies of the next round into the same third
    }
}

KERNEL MmaRound(const float* x, unsigned* y)
{
    if constexpr (sizeof(Scalar) == 4) {
        y[threadIdx.x] = RoundToTf32(x[threadIdx.x]);
    } else {
        y[threadIdx.x] = PackTwo<Scalar>(x[threadIdx.x], x[(threadIdx.x + 1) % blockDim.x]);
    }
}

KERNEL MmaEach(const float* x, unsigned* y)
{
    const float own = x[threadIdx.x], next = x[(threadIdx.x + 1) % blockDim.x];
    if constexpr (sizeof(Scalar) == 4) {
        y[threadIdx.x] = MultiplyEach<Scalar>(FloatToBits(own), FloatToBits(next));
    } else {
        const unsigned pair = PackTwo<Scalar>(next, x[(threadIdx.x + 2) % blockDim.x]);
        y[threadIdx.x] = MultiplyEach<Scalar>(PackTwo<Scalar>(own, next), pair);
    }
}
