// WarpgroupTile: slices are multiplied by wgmma, four warps as one, which reads both operands from shared memory by
// itself. A multiplication goes on while its warps copy the slices to come. Part of TensorTile.
//
// WarpsDown is 4 times the warpgroups that share the rows out, WarpsAcross the warpgroups that share the columns out.
//
// Shared   As Wgmma.cuh has it: rows of 128 bytes, chunk c of row r at place c ^ (r % 8). Along the depth such a row is
//          one of the tile; across it, 64 elements of the tile in one row of the depth, and the rows with the next 64
//          follow all those of the slice. The ring begins at the first multiple of 1024 in its memory.
// Registers  a thread has 4 XFragments WFragments sums: 128 for 128 x 256 and for 256 x 128 with two warpgroups
// Limits   elements of 16 bits; no scales, because there is no way past the registers
#pragma once
#include "Common/Wgmma.cuh"

constexpr int GroupRows = TileRows / (WarpsDown / 4);
constexpr int GroupColumns = TileColumns / WarpsAcross;
constexpr int FragmentRows = 64;
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

// Slices first up to end of the depth; the sources bring them in order. The ring has Stages * StageBytes bytes, and
// 1024 more for its beginning. A slice is still being multiplied when the next one begins, and its place is free one
// round later, so that Stages - 2 are on their way.
template <bool IsXAlong, bool IsWAlong, typename XSource, typename WSource>
DEVICE void MultiplyTile(TileSums& sums, char* memory, XSource& x, WSource& w, int first, int end)
{
    // The sums of a loop that may not run would meet those of one that did in moves before the last wait, for which
    // the assembler makes every multiplication wait (its remark C7515).
    if (first >= end) return;
    char* const ring = memory + BytesToAtom(memory);
    for (int stage = 0; stage < Stages - 2; stage++) {
        if (first + stage < end) {
            x.Bring(ring + stage * StageBytes, first + stage);
            w.Bring(ring + stage * StageBytes + XBytes, first + stage);
        }
        CopyCommit();
    }

    int stage = 0, free = Stages - 2;
    for (int number = first; number < end; number++) {
        CopyWait<Stages - 3>();
        ProxyFence();
        __syncthreads();  // everyone's copies of this slice | their reads; reads of the last but one | copies over it
        BeginSlice<IsXAlong, IsWAlong>(sums, ring + stage * StageBytes);
        if (number + Stages - 2 < end) {
            x.Bring(ring + free * StageBytes, number + Stages - 2);
            w.Bring(ring + free * StageBytes + XBytes, number + Stages - 2);
        }
        CopyCommit();
        WgmmaWait<1>();
        stage = stage == Stages - 1 ? 0 : stage + 1;
        free = free == Stages - 1 ? 0 : free + 1;
    }
    WgmmaFinish(sums.of);
}
