// WarpgroupTile: slices are multiplied by wgmma, four warps as one, which reads both operands from shared memory by
// itself, and copied by the hardware too: one thread asks for a slice of boxes. Part of TensorTile.
//
// WarpsDown is 4 times the warpgroups that share the rows out, WarpsAcross the warpgroups that share the columns out.
//
// Shared   As Wgmma.cuh has it: rows of 128 bytes, chunk c of row r at place c ^ (r % 8). Along the depth such a row is
//          one of the tile; across it, 64 elements of the tile in one row of the depth, and the rows with the next 64
//          follow all those of the slice. The ring begins at the first multiple of 1024 in its memory.
// Registers  a thread has 4 XFragments WFragments sums: 128 for 128 x 256 and for 256 x 128 with two warpgroups, and
//          for 192 x 256 with three; 160 for 256 x 160 with two
// Limits   elements of 16 bits; no scales, because there is no way past the registers; operands that TensorCopy copies
#pragma once
#include "Common/Wgmma.cuh"
#include "Common/TensorCopy.cuh"

constexpr int GroupRows = TileRows / (WarpsDown / 4);
constexpr int GroupColumns = TileColumns / WarpsAcross;
constexpr int FragmentRows = 64;
constexpr int BoxLength = 128 / sizeof(Scalar);  // elements of a row of 128 bytes
constexpr int XFragments = GroupRows / FragmentRows;
constexpr int WFragments = GroupColumns / 8;

static_assert(sizeof(Scalar) == 2 && !HasScales && WarpsDown % 4 == 0 && GroupRows % FragmentRows == 0 && Stages > 2);

// The sums of a thread: of its warp's rows of each multiplication.
struct TileSums { FragmentSum of[XFragments][WFragments]; };

// Where in the tile this warp's fragments begin: its warpgroup's, and its own 16 rows of them.
DEVICE int GroupRow() { return int(threadIdx.x) / WarpgroupThreads / WarpsAcross * GroupRows; }
DEVICE int FirstRow() { return GroupRow() + int(threadIdx.x) / WarpSize % 4 * 16; }
DEVICE int FirstColumn() { return int(threadIdx.x) / WarpgroupThreads % WarpsAcross * GroupColumns; }

template <int Size, bool IsAlong> MEMBER int Slice<Size, IsAlong>::Place(int row, int chunk)
{
    return chunk / 8 * (SliceDepth * 128) + (row * 8 + (chunk % 8 ^ row % 8)) * 16;
}

// The part of an operand's slice that begins with a row of the tile.
template <bool IsAlong> DEVICE UInt64 OperandAt(const char* slice, int first)
{
    return MatrixDescriptor(slice + first * 128, IsAlong ? 16 : SliceDepth * 128, AtomBytes);
}

// From one multiplication's 16 elements of the depth to the next's.
template <bool IsAlong> constexpr int StepBytes = IsAlong ? 32 : 16 * 128;

template <bool IsXAlong, bool IsWAlong> DEVICE void BeginSlice(TileSums& sums, const char* stage)
{
    const UInt64 x = OperandAt<IsXAlong>(stage, GroupRow());
    const UInt64 w = OperandAt<IsWAlong>(stage + XBytes, FirstColumn());
    WgmmaFence();
#pragma unroll
    for (int step = 0; step < SliceDepth / 16; step++) {
#pragma unroll
        for (int i = 0; i < XFragments; i++) {
            Wgmma<Scalar, GroupColumns>::template Multiply<!IsXAlong, !IsWAlong>(
                sums.of[i], Advance(x, FragmentRows * 128 * i + StepBytes<IsXAlong> * step),
                Advance(w, StepBytes<IsWAlong> * step));
        }
    }
    WgmmaCommit();
}

// Brings slices of a matrix in memory: rows of the tile that lie along the depth, in one box, or rows of the depth
// across, in a box for every 64 elements of the tile.
template <int Size, bool IsAlong> struct MatrixSource {
    const TensorMap& map;
    int first, matrix;

    MEMBER void Bring(char* slice, int number, ByteBarrier* barrier)
    {
        if constexpr (IsAlong) {
            CopyBox(slice, map, barrier, {{number * SliceDepth, first, matrix}});
        } else {
#pragma unroll
            for (int at = 0; at < Size; at += BoxLength) {
                CopyBox(slice + at * SliceBytes, map, barrier, {{first + at, number * SliceDepth, matrix}});
            }
        }
    }
};

template <bool IsWAlong, typename XSource, typename WSource>
DEVICE void BringSlice(char* stage, XSource& x, WSource& w, int number, ByteBarrier* barrier)
{
    ExpectBytes(barrier, XBytes + (IsWAlong ? TileColumns : StagedColumns) * SliceBytes);
    x.Bring(stage, number, barrier);
    w.Bring(stage + XBytes, number, barrier);
}

// Slices first up to end of the depth. The ring has Stages * StageBytes bytes, and 1024 more for its beginning. Every
// place of it is filled at first. A slice is still being multiplied when the next one begins: then the place of the one
// before both is free.
template <bool IsXAlong, bool IsWAlong, typename XSource, typename WSource>
DEVICE void MultiplyTile(TileSums& sums, char* memory, XSource& x, WSource& w, int first, int end)
{
    // The sums of a loop that may not run would meet those of one that did in moves before the last wait, for which
    // the assembler makes every multiplication wait (its remark C7515).
    if (first >= end) [[unlikely]] return;
    __shared__ ByteBarrier isThere[Stages];  // [stage]
    char* const ring = memory + BytesToAtom(memory);
    if (threadIdx.x == 0) {
        for (int stage = 0; stage < Stages; stage++) PrepareBarrier(isThere + stage);
        ProxyFence();
        for (int stage = 0; stage < Stages && first + stage < end; stage++) {
            BringSlice<IsWAlong>(ring + stage * StageBytes, x, w, first + stage, isThere + stage);
        }
    }
    __syncthreads();  // new barriers | waiting for them

    int stage = 0, parity = 0;
    for (int number = first; number < end; number++) {
        WaitForPhase(isThere + stage, parity);
        BeginSlice<IsXAlong, IsWAlong>(sums, ring + stage * StageBytes);
        WgmmaWait<1>();
        __syncthreads();  // everyone's reads of the slice before this one | copies over it
        const int free = stage == 0 ? Stages - 1 : stage - 1, next = number - 1 + Stages;
        if (threadIdx.x == 0 && number > first && next < end) {
            BringSlice<IsWAlong>(ring + free * StageBytes, x, w, next, isThere + free);
        }
        if (++stage == Stages) {
            stage = 0;
            parity ^= 1;
        }
    }
    WgmmaFinish(sums.of);
}
