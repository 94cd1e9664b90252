// Elements: how the threads of a block divide its ElementsPerBlock of n contiguous elements. Threads take packs of
// Width elements where every tensor is aligned to a pack (isPacked), so that loads and stores are as wide as possible;
// the tail after the last pack goes element by element. On the host device a pack is one element: the compiler
// vectorises the loop.
#pragma once
#include "Common/Pack.cuh"

// Calls body(width, i) for elements i to i + width.Value - 1, until all of the block's elements are covered.
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
