// Wgmma: what a warpgroup, four warps in a row, does as one with matrices in shared memory, and need not wait for.
//   Wgmma<Element, Columns>::Multiply<AcrossX, AcrossW>(sums, x, w)   sums[64,Columns] += x[64,16] w[16,Columns],
//                              begun: for Half and BFloat16; Columns = 40, 64, 80, 128, 160 or 256. A third argument
//                              false begins the sums anew
//   Multiply<AcrossW>(sums, x, w)   likewise with x in registers: each warp's 16 rows as Mma.cuh has them
//   WgmmaFence, WgmmaCommit    stand before and after the multiplications of a group
//   WgmmaWait<Pending>         waits for the groups, but for the last ones that may stay pending
//   WgmmaPin                   pins sums to this place in the program: what reads them after it stays after it, and
//                              what computes them before it before it. It follows a wait that gives them back
//   WgmmaFinish                waits for all, and gives the sums back
//   ProxyFence                 lets multiplications see what the thread has written to shared memory before it
//   KeepRegisters<Count>       by all of a warpgroup: gives registers back but for so many a thread, a multiple of 8;
//   TakeRegisters<Count>       or waits for what others of the block give back
//   MatrixDescriptor, Advance  where an operand lies
//
// Operands a descriptor has 64 bits: 0 to 13 the address, 16 to 29 the leading and 32 to 45 the stride distance, all
//          three in units of 16 bytes; 62 and 63 the swizzle, which is that of 128 bytes here: rows of 128 bytes, eight
//          of them an atom of 1024, whose chunks of 16 bytes lie at place c ^ r (chunk c of row r) in it. The hardware
//          takes r from bits 7 to 9 of the address and not from the row's number, so that atoms begin at multiples of
//          1024 and an operand may begin within one.
//          Along the depth, the rows are those of x (the columns of w), 64 elements of the depth each: stride from atom
//          to atom of rows; leading means nothing; 16 elements of the depth further is 32 bytes further.
//          Across (M- and N-major), the rows are those of the depth, 64 elements of the tile each: stride from atom to
//          atom of the depth, leading from 64 elements of the tile to the next.
// Sums     warp w of the four has rows 16 w to 16 w + 15, in fragments of 8 columns from left to right; see Mma.cuh.
//          Until they are given back, nothing may touch them, nor change an x in registers.
// Launch   every thread of a warpgroup takes part, with the same descriptors; warpgroups begin at multiples of 4 warps
// Limits   compute capability 9.0 and no other (sm_90a). Elements of 32 bits are left to Mma: they would be cut off to
//          tf32 and not rounded, and cannot lie across
// Source   PTX ISA 8.0, "Asynchronous warpgroup level matrix instructions"
#pragma once
#include "Common/Mma.cuh"

#if defined(GK_SIMT)
#include "Common/FiberWgmma.cuh"
#else
#include "Common/DeviceWgmma.cuh"
#endif

constexpr int WarpgroupThreads = 4 * WarpSize;
constexpr int AtomBytes = 1024;

// An operand with the swizzle of 128 bytes that begins at an address in shared memory.
DEVICE UInt64 MatrixDescriptor(const void* shared, int leadingBytes, int strideBytes)
{
    constexpr UInt64 SwizzleOf128 = 1;
    const UInt64 start = SharedAddress(shared) >> 4;  // a block has less shared memory than 14 bits count
    return start | UInt64(leadingBytes >> 4) << 16 | UInt64(strideBytes >> 4) << 32 | SwizzleOf128 << 62;
}

// Likewise, so many bytes further. The address alone changes: 32 bits are added to, and not 64.
DEVICE UInt64 Advance(UInt64 descriptor, int bytes)
{
    return descriptor >> 32 << 32 | (unsigned(descriptor) + unsigned(bytes >> 4));
}

// The number of the thread's warpgroup. It comes from another lane, so that the compiler takes it for the same in all
// of a warp, as descriptors are.
DEVICE int WarpgroupNumber() { return int(ShuffleBits(threadIdx.x / WarpgroupThreads, 0)); }

// Bytes from an address in shared memory to the next at which an atom can begin.
DEVICE int BytesToAtom(const void* shared) { return int(-SharedAddress(shared) % AtomBytes); }
