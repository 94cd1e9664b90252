// Wgmma: asynchronous matrix multiplication (wgmma) by a warpgroup, four consecutive warps, from shared memory.
//   Wgmma<Element, Columns>::Multiply<IsXMnMajor, IsWMnMajor>(sums, x, w)   starts
//                              sums[64,Columns] += x[64,16] w[16,Columns] for Half and BFloat16; Columns = 40, 64, 80,
//                              128, 160 or 256. A third template argument false overwrites the sums
//   Multiply<IsWMnMajor>(sums, x, w)   likewise with x in registers: each warp's 16 rows as Mma.cuh has them
//   WgmmaFence, WgmmaCommit    stand before and after the multiplications of a group
//   WgmmaWait<Pending>         waits for all but the last Pending groups
//   WgmmaPin                   keeps the compiler from moving reads of the sums above this point, or computations of
//                              them below it; stands after a wait that completes them (CUTLASS's
//                              warpgroup_fence_operand)
//   WgmmaFinish                waits for all groups, after which the sums can be read
//   ProxyFence                 makes what the thread has written to shared memory visible to multiplications
//   DeallocateRegisters<Count>   by a whole warpgroup (setmaxnreg): releases all but Count registers a thread;
//   AllocateRegisters<Count>   or raises them to Count, waiting for what other warpgroups of the block release; Count
//                              is a multiple of 8
//   MatrixDescriptor, Advance  describe where an operand lies
//
// Operands a descriptor has 64 bits: 0 to 13 are the address, 16 to 29 the leading and 32 to 45 the stride byte offset,
//          all three in units of 16 bytes; 62 and 63 the swizzle mode, here that of 128 bytes: eight rows of 128 bytes
//          form an atom of 1024, in which the 16-byte chunk c of row r is stored as chunk c ^ r. The hardware takes r
//          from bits 7 to 9 of the address, not from the row's number, so that atoms must begin at multiples of 1024,
//          while an operand may begin within one.
//          K-major: the rows are those of x (the columns of w), 64 elements of K each: stride from
//          atom to atom of rows; leading is ignored; 16 elements of K further is 32 bytes further.
//          MN-major: the rows are those of K, 64 elements of the tile each: stride from atom to atom
//          along K, leading from 64 elements of the tile to the next.
// Sums     warp w of the four has rows 16 w to 16 w + 15, in fragments of 8 columns from left to right; see Mma.cuh.
//          Until a wait completes them, the sums must not be accessed, nor an x in registers changed.
// Launch   every thread of a warpgroup takes part, with the same descriptors; warpgroups begin at multiples of 4 warps
// Limits   compute capability 9.0 and no other (sm_90a). 32-bit elements are left to Mma: wgmma would truncate them to
//          tf32 instead of rounding, and takes them K-major only
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

// The descriptor of an operand at an address in shared memory, with the 128-byte swizzle.
DEVICE UInt64 MatrixDescriptor(const void* shared, int leadingBytes, int strideBytes)
{
    constexpr UInt64 SwizzleOf128 = 1;
    const UInt64 start = SharedAddress(shared) >> 4;  // fits in 14 bits: a block has less than 256 KiB
    return start | UInt64(leadingBytes >> 4) << 16 | UInt64(strideBytes >> 4) << 32 | SwizzleOf128 << 62;
}

// The descriptor `bytes` further. Only the address changes: a 32-bit addition suffices.
DEVICE UInt64 Advance(UInt64 descriptor, int bytes)
{
    return descriptor >> 32 << 32 | (unsigned(descriptor) + unsigned(bytes >> 4));
}

// The number of the thread's warpgroup, by a shuffle from lane 0, so that the compiler takes it to be warp-uniform, as
// descriptors are.
DEVICE int WarpgroupNumber() { return int(ShuffleBits(threadIdx.x / WarpgroupThreads, 0)); }

// Bytes from an address in shared memory to the next multiple of AtomBytes.
DEVICE int BytesToAtom(const void* shared) { return int(-SharedAddress(shared) % AtomBytes); }
