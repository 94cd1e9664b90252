// Swizzle: where the chunks of operands lie in the shared memory of TensorTile.cuh.
//   along[r,c], across[r,c] = the byte of chunk c of row r, of an operand along the depth and of one across it
//
// Shapes   along: [TileRows, chunks of a slice's depth]; across: [slice's depth, chunks of TileColumns]
// Types    integers; Scalar decides how many elements a chunk has
// Launch   one block of any size
// Cost     none to speak of
// Limits   only for tests
// Source   ours
#include "Common/Prelude.cuh"     // KERNEL, Scalar
#include "Common/TensorTile.cuh"  // Slice

KERNEL Swizzle(int* along, int* across)
{
    constexpr int ChunksAlong = SliceBytes / 16;
    for (int at = threadIdx.x; at < TileRows * ChunksAlong; at += blockDim.x) {
        along[at] = Slice<TileRows, true>::Place(at / ChunksAlong, at % ChunksAlong);
    }
    constexpr int Chunks = TileColumns / ChunkLength;
    for (int at = threadIdx.x; at < SliceDepth * Chunks; at += blockDim.x) {
        across[at] = Slice<TileColumns, false>::Place(at / Chunks, at % Chunks);
    }
}
