// DeviceTma: the wrappers of Tma.cuh in PTX. Part of Tma.
#pragma once

struct alignas(64) TensorMap { UInt64 bits[16]; };
using TransactionBarrier = UInt64;

// The 32-bit address of a barrier in shared memory, so that code that keeps it need not convert the pointer again.
struct BarrierAddress {
    unsigned address;

    MEMBER BarrierAddress(const TransactionBarrier* barrier) : address(SharedAddress(barrier))
    {
        asm("" : "+r"(address));  // opaque to the compiler, which would compute it anew in every loop
    }
    MEMBER BarrierAddress operator+(int count) const
    {
        BarrierAddress next = *this;
        next.address += count * int(sizeof(TransactionBarrier));
        return next;
    }
};

// The hardware reads the map in place, among the kernel's parameters.
#define TENSOR_MAP const __grid_constant__ TensorMap

DEVICE void PrepareBarrier(BarrierAddress barrier, int arrivals = 1)
{
    asm volatile("mbarrier.init.shared::cta.b64 [%0], %1;" : : "r"(barrier.address), "r"(arrivals) : "memory");
}

DEVICE void Arrive(BarrierAddress barrier)
{
    asm volatile("mbarrier.arrive.shared::cta.b64 _, [%0];" : : "r"(barrier.address) : "memory");
}

DEVICE void ArriveAndExpect(BarrierAddress barrier, int bytes)
{
    asm volatile("mbarrier.arrive.expect_tx.shared::cta.b64 _, [%0], %1;"
                 : : "r"(barrier.address), "r"(bytes) : "memory");
}

DEVICE void WaitForPhase(BarrierAddress barrier, int parity)
{
    asm volatile("{ .reg .pred ended; again%=: "
                 "mbarrier.try_wait.parity.shared::cta.b64 ended, [%0], %1; @!ended bra again%=; }"
                 : : "r"(barrier.address), "r"(parity) : "memory");
}

template <int Axes = 3>
DEVICE void CopyBox(void* to, const TensorMap& map, BarrierAddress barrier, const BoxCoordinates& first)
{
    static_assert(Axes == 3 || Axes == 4);
    if constexpr (Axes == 3) {
        asm volatile("cp.async.bulk.tensor.3d.shared::cluster.global.mbarrier::complete_tx::bytes "
                     "[%0], [%1, {%3, %4, %5}], [%2];"
                     : : "r"(SharedAddress(to)), "l"(&map), "r"(barrier.address), "r"(first.at[0]),
                         "r"(first.at[1]), "r"(first.at[2]) : "memory");
    } else {
        asm volatile("cp.async.bulk.tensor.4d.shared::cluster.global.mbarrier::complete_tx::bytes "
                     "[%0], [%1, {%3, %4, %5, %6}], [%2];"
                     : : "r"(SharedAddress(to)), "l"(&map), "r"(barrier.address), "r"(first.at[0]),
                         "r"(first.at[1]), "r"(first.at[2]), "r"(first.at[3]) : "memory");
    }
}

DEVICE void CopyPixels(
    void* to, const TensorMap& map, BarrierAddress barrier, const BoxCoordinates& first, TapOffsets tap)
{
    asm volatile("cp.async.bulk.tensor.5d.shared::cluster.global.im2col.mbarrier::complete_tx::bytes "
                 "[%0], [%1, {%3, %4, %5, %6, %7}], [%2], {%8, %9, %10};"
                 : : "r"(SharedAddress(to)), "l"(&map), "r"(barrier.address), "r"(first.at[0]),
                     "r"(first.at[1]), "r"(first.at[2]), "r"(first.at[3]), "r"(first.at[4]), "h"(UInt16(tap.w)),
                     "h"(UInt16(tap.h)), "h"(UInt16(tap.t)) : "memory");
}

DEVICE void CopyBytes(void* to, const void* from, int bytes, BarrierAddress barrier)
{
    asm volatile("cp.async.bulk.shared::cluster.global.mbarrier::complete_tx::bytes [%0], [%1], %2, [%3];"
                 : : "r"(SharedAddress(to)), "l"(from), "r"(bytes), "r"(barrier.address) : "memory");
}
