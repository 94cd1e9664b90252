// WarpgroupTile: multiplies slices by wgmma, which reads both operands from shared memory; one thread issues the bulk
// copies of a slice's boxes (TMA). Part of TensorTile.
//
// WarpsDown is 4 times the warpgroups that divide the rows, WarpsAcross the warpgroups that divide the columns.
//
// Shared   the layout of Wgmma.cuh: rows of 128 bytes, of which chunk c of row r is stored as chunk c ^ (r % 8). In
//          a K-major operand, such a row is one of the tile; in an MN-major one, it is 64 elements of the tile at one
//          k, and the rows with the next 64 follow all those of the slice. The ring begins at the first multiple of
//          1024 in its memory.
// Registers  a thread has 4 XFragments WFragments sums: 128 for 128 x 256 and for 256 x 128 with two warpgroups, and
//          for 192 x 256 with three; 160 for 256 x 160 with two
// Limits   16-bit elements; no scales, as operands do not pass through registers; operands that TMA copies
#pragma once
#include "Common/Wgmma.cuh"
#include "Common/Tma.cuh"

constexpr int GroupRows = TileRows / (WarpsDown / 4);
constexpr int GroupColumns = TileColumns / WarpsAcross;
constexpr int FragmentRows = 64;
constexpr int BoxLength = 128 / sizeof(Scalar);  // elements of a row of 128 bytes
constexpr int XFragments = GroupRows / FragmentRows;
constexpr int WFragments = GroupColumns / 8;

static_assert(sizeof(Scalar) == 2 && !HasScales && WarpsDown % 4 == 0 && GroupRows % FragmentRows == 0 && Stages > 2);

// The sums of a thread: those in its warp's rows of each multiplication.
struct TileSums { FragmentSum of[XFragments][WFragments]; };

// Where in the tile this warp's fragments begin: its warpgroup's, and its own 16 rows of them.
DEVICE int GroupRow() { return int(threadIdx.x) / WarpgroupThreads / WarpsAcross * GroupRows; }
DEVICE int FirstRow() { return GroupRow() + int(threadIdx.x) / WarpSize % 4 * 16; }
DEVICE int FirstColumn() { return int(threadIdx.x) / WarpgroupThreads % WarpsAcross * GroupColumns; }

template <int Size, bool IsKMajor> MEMBER int Slice<Size, IsKMajor>::Offset(int row, int chunk)
{
    return chunk / 8 * (SliceDepth * 128) + (row * 8 + (chunk % 8 ^ row % 8)) * 16;
}

// The descriptor of an operand's slice from row or column `first` of the tile on.
template <bool IsKMajor> DEVICE UInt64 OperandAt(const char* slice, int first)
{
    return MatrixDescriptor(slice + first * 128, IsKMajor ? 16 : SliceDepth * 128, AtomBytes);
}

// Bytes from one multiplication's 16 elements of K to the next's.
template <bool IsKMajor> constexpr int StepBytes = IsKMajor ? 32 : 16 * 128;

template <bool IsXKMajor, bool IsWKMajor> DEVICE void BeginSlice(TileSums& sums, const char* stage)
{
    const UInt64 x = OperandAt<IsXKMajor>(stage, GroupRow());
    const UInt64 w = OperandAt<IsWKMajor>(stage + XBytes, FirstColumn());
    WgmmaFence();
#pragma unroll
    for (int step = 0; step < SliceDepth / 16; step++) {
#pragma unroll
        for (int i = 0; i < XFragments; i++) {
            Wgmma<Scalar, GroupColumns>::template Multiply<!IsXKMajor, !IsWKMajor>(
                sums.of[i], Advance(x, FragmentRows * 128 * i + StepBytes<IsXKMajor> * step),
                Advance(w, StepBytes<IsWKMajor> * step));
        }
    }
    WgmmaCommit();
}

// Copies the k-slices of a matrix: K-major, in one box with the tile's rows; MN-major, in a box of rows of K for every
// 64 elements of the tile.
template <int Size, bool IsKMajor> struct MatrixSource {
    const TensorMap& map;
    int first, matrix;

    MEMBER void Copy(char* slice, int number, TransactionBarrier* barrier)
    {
        if constexpr (IsKMajor) {
            CopyBox(slice, map, barrier, {{number * SliceDepth, first, matrix}});
        } else {
#pragma unroll
            for (int at = 0; at < Size; at += BoxLength) {
                CopyBox(slice + at * SliceBytes, map, barrier, {{first + at, number * SliceDepth, matrix}});
            }
        }
    }
};

template <bool IsWKMajor, typename XSource, typename WSource>
DEVICE void CopySlice(char* stage, XSource& x, WSource& w, int number, TransactionBarrier* barrier)
{
    ArriveAndExpect(barrier, XBytes + (IsWKMajor ? TileColumns : StagedColumns) * SliceBytes);
    x.Copy(stage, number, barrier);
    w.Copy(stage + XBytes, number, barrier);
}

// Multiplies k-slices first to end - 1. The ring has Stages * StageBytes bytes, and 1024 more for its alignment. All of
// its stages are filled at first. A slice's multiplications are in flight while the one before it is waited for and its
// stage refilled.
template <bool IsXKMajor, bool IsWKMajor, typename XSource, typename WSource>
DEVICE void MultiplyTile(TileSums& sums, char* memory, XSource& x, WSource& w, int first, int end)
{
    // If the loop could run zero times, its sums would be merged in moves before the last wait, for which ptxas makes
    // every multiplication wait (its remark C7515).
    if (first >= end) [[unlikely]] return;
    __shared__ TransactionBarrier full[Stages];  // [stage]
    char* const ring = memory + BytesToAtom(memory);
    if (threadIdx.x == 0) {
        for (int stage = 0; stage < Stages; stage++) PrepareBarrier(full + stage);
        ProxyFence();
        for (int stage = 0; stage < Stages && first + stage < end; stage++) {
            CopySlice<IsWKMajor>(ring + stage * StageBytes, x, w, first + stage, full + stage);
        }
    }
    __syncthreads();  // initialisation of the barriers | waits on them

    int stage = 0, parity = 0;
    for (int number = first; number < end; number++) {
        WaitForPhase(full + stage, parity);
        BeginSlice<IsXKMajor, IsWKMajor>(sums, ring + stage * StageBytes);
        WgmmaWait<1>();
        __syncthreads();  // reads of the slice before this one | copies over it
        const int free = stage == 0 ? Stages - 1 : stage - 1, next = number - 1 + Stages;
        if (threadIdx.x == 0 && number > first && next < end) {
            CopySlice<IsWKMajor>(ring + free * StageBytes, x, w, next, full + free);
        }
        if (++stage == Stages) {
            stage = 0;
            parity ^= 1;
        }
    }
    WgmmaFinish(sums.of);
}
