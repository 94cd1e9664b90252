// Elements: how a block walks its ElementsPerBlock of n neighbouring elements. Threads take packs of Width elements
// where every tensor begins at a multiple of a pack (isPacked), so that an instruction asks memory for as much as it
// can; the few elements after the last pack go one by one. On the host device a pack is one element: the compiler
// makes vectors of the loop.
#pragma once
#include "Common/Pack.cuh"

// Calls body(width, i) for elements i to i + width.Value - 1, until each of the block's was met.
template <int Width, typename Body> DEVICE void ForEachElement(Int64 count, int isPacked, Body body)
{
    Int64 begin = Int64(blockIdx.x) * ElementsPerBlock;
    const Int64 end = Minimum(count, begin + ElementsPerBlock);
    if constexpr (WarpSize > 1) {
        if (isPacked) {
            const Int64 endOfPacks = end - (end - begin) % Width;
            for (Int64 i = begin + threadIdx.x * Width; i < endOfPacks; i += blockDim.x * Width) {
                body(Count<Width>(), i);
            }
            begin = endOfPacks;
        }
    }
    for (Int64 i = begin + threadIdx.x; i < end; i += blockDim.x) body(Count<1>(), i);
}
