// TensorTile: a block's tile of a matrix product on tensor cores: slices of both operands stream through a ring in
// shared memory while the slices that are there are multiplied.
//   sums[m,n] += sum over k of x[m,k] w[k,n], for TileRows x TileColumns of the result
//
// The block's variant: TileRows, TileColumns; WarpsDown, WarpsAcross, the warps that share the tile out; Stages, the
// slices in the ring; HasWarpgroups, which of two ways it is multiplied:
//   0  each warp by itself: WarpTile.cuh
//   1  four warps as one, by what compute capability 9.0 has for it: WarpgroupTile.cuh
//
// Shared   An operand lies in memory along the depth (its rows are those of the tile) or across it (its rows are
//          those of the slice). Either way rows are cut into chunks of 16 bytes, which are swizzled, so that the chunks
//          that are read at once lie in different banks; how is the way's own.
// Registers  every loop over fragments or chunks is unrolled, or their arrays would lie in memory
// Order    of the additions: along the depth, from the first to the last, whatever the tile and the stages
// Source   the pipelines of CUTLASS, Thakkar et al. 2023, and of Boehm 2022
#pragma once
#include "Common/Batches.cuh"  // InBatches
#include "Common/Mma.cuh"
#include "Common/Pack.cuh"

#if !defined(HasScales)
#define HasScales 0
#endif
#if !defined(HasWarpgroups)
#define HasWarpgroups 0
#endif

constexpr int TileThreads = 32 * WarpsDown * WarpsAcross;
constexpr int SliceBytes = HasWarpgroups ? 128 : 64;  // of the depth
constexpr int SliceDepth = SliceBytes / sizeof(Scalar);
constexpr int ChunkLength = 16 / sizeof(Scalar);
constexpr int XBytes = TileRows * SliceBytes;
constexpr int StagedColumns = HasWarpgroups ? (TileColumns + 63) / 64 * 64 : TileColumns;  // across, boxes have 64
constexpr int ScalesAt = (TileRows + StagedColumns) * SliceBytes;                          // in a slice
constexpr int StageBytes = ScalesAt + HasScales * SliceBytes;
constexpr int SumStride = TileColumns + 8;  // so that the rows that a warp's lanes write at once lie in different banks

// An operand's slice in shared memory; Size is the tile's extent.
template <int Size, bool IsAlong> struct Slice {
    static constexpr int ChunksOfRow = IsAlong ? SliceBytes / 16 : Size / ChunkLength;
    static constexpr int ChunksOfThread = Size * (SliceBytes / 16) / TileThreads;
    static_assert(
        HasWarpgroups || ChunksOfThread * TileThreads == Size * (SliceBytes / 16),
        "every thread copies as many chunks");

    // The byte where a chunk of a row lies.
    static MEMBER int Place(int row, int chunk);

    // Row and chunk of the index-th chunk that this thread copies.
    static MEMBER int Row(int index) { return (int(threadIdx.x) + index * TileThreads) / ChunksOfRow; }
    static MEMBER int Chunk(int index) { return (int(threadIdx.x) + index * TileThreads) % ChunksOfRow; }
};

// OPERAND declares how a kernel is given an operand.
#if HasWarpgroups
#include "Common/WarpgroupTile.cuh"
#define OPERAND TENSOR_MAP
#else
#include "Common/WarpTile.cuh"
#define OPERAND const Scalar* __restrict__
#endif

// The sums of neighbouring results, and what is read for these.
template <int Width, typename Operands> struct TilePack {
    Pack<Width, float> sums;
    Operands operands;
};

template <int Width, typename Read, typename Store>
DEVICE void StorePacks(const float* values, Read read, Store store)
{
    constexpr int Batch = 2;
    constexpr Count<Width> width;
    const auto load = [=](int at) {
        const int row = at / TileColumns, column = at % TileColumns;
        const auto operands = read(width, row, column);
        return TilePack<Width, decltype(read(width, 0, 0))>{
            LoadPack<Width>(values + row * SumStride + column), operands};
    };
    const int first = threadIdx.x * Width, step = TileThreads * Width;
    InBatches<Batch>(first, TileRows * TileColumns, step, load, [=](int at, const auto& pack) {
        store(width, at / TileColumns, at % TileColumns, pack.sums, pack.operands);
    });
}

// Calls store(width, row, column, sums, operands), with the operands that read(width, row, column) gives, for every
// place of the tile: for packs of neighbouring sums where the result can be written in packs, else for one at a time;
// neighbouring threads have neighbouring packs. What some packs need is under way together. The sums go through the
// ring's memory, which has TileRows * SumStride floats: a fragment's own order would scatter the stores.
template <typename Read, typename Store>
DEVICE void StoreTile(const TileSums& sums, char* ring, int isPacked, Read read, Store store)
{
    float* values = reinterpret_cast<float*>(ring);
    const int lane = threadIdx.x % WarpSize;
    const int firstRow = FirstRow() + lane / 4, firstColumn = FirstColumn() + lane % 4 * 2;
    __syncthreads();  // the reads of the last slices | the sums over them
#pragma unroll
    for (int i = 0; i < XFragments; i++) {
#pragma unroll
        for (int j = 0; j < WFragments; j++) {
#pragma unroll
            for (int half = 0; half < 2; half++) {
                const int row = firstRow + FragmentRows * i + half * 8, column = firstColumn + 8 * j;
                const float* pair = sums.of[i][j].values + 2 * half;
                *reinterpret_cast<Pack<2, float>*>(values + row * SumStride + column) = {{pair[0], pair[1]}};
            }
        }
    }
    __syncthreads();  // the sums | their reads
    if (isPacked) StorePacks<PackLength<Scalar>>(values, read, store);
    else StorePacks<1>(values, read, store);
}
