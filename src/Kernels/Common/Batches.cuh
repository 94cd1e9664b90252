// Batches: loops whose loads are in flight together. In a loop that is only unrolled, each iteration ends with a branch
// that may leave it, and the next iteration's loads wait for that branch; here a batch of loads precedes their uses. On
// the host device it is a plain loop.
#pragma once

#if defined(GK_SIMT)
// Keeps g++ from vectorising across iterations, whose vectors would not fit the small stack of a fiber.
DEVICE void KeepIterationsApart() { asm volatile(""); }
#else
DEVICE void KeepIterationsApart() {}
#endif

// Calls use(i, load(i)) for i = first, first + step, ... below end, in this order.
template <int Batch, typename Load, typename Use>
DEVICE void InBatches(int first, int end, int step, Load load, Use use)
{
    int i = first;
    if constexpr (WarpSize == 1 || Batch == 1) {
#pragma unroll 1
        for (; i < end; i += step) {
            KeepIterationsApart();
            use(i, load(i));
        }
    } else {
#pragma unroll 1
        for (; i < end - (Batch - 1) * step; i += Batch * step) {
            KeepIterationsApart();
            decltype(load(i)) loaded[Batch];
#pragma unroll
            for (int k = 0; k < Batch; k++) loaded[k] = load(i + k * step);
#pragma unroll
            for (int k = 0; k < Batch; k++) use(i + k * step, loaded[k]);
        }
        InBatches<Batch / 2>(i, end, step, load, use);
    }
}
