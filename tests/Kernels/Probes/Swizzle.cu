// Swizzle: where the chunks of operands lie in the shared memory of TensorTile.cuh.
//   kMajor[r,c], mnMajor[r,c] = the byte offset of chunk c of row r of a K-major and of an MN-major operand
//
// Shapes   kMajor: [TileRows, chunks of a slice's depth]; mnMajor: [slice's depth, chunks of TileColumns]
// Types    integers; Scalar decides how many elements a chunk has
// Launch   one block of any size
// Cost     none to speak of
// Limits   only for tests
// Source   ours
#include "Common/Prelude.cuh"     // KERNEL, Scalar
#include "Common/TensorTile.cuh"  // Slice

KERNEL Swizzle(int* kMajor, int* mnMajor)
{
    constexpr int DepthChunks = SliceBytes / 16;
    for (int at = threadIdx.x; at < TileRows * DepthChunks; at += blockDim.x) {
        kMajor[at] = Slice<TileRows, true>::Offset(at / DepthChunks, at % DepthChunks);
    }
    constexpr int Chunks = TileColumns / ChunkLength;
    for (int at = threadIdx.x; at < SliceDepth * Chunks; at += blockDim.x) {
        mnMajor[at] = Slice<TileColumns, false>::Offset(at / Chunks, at % Chunks);
    }
}
