// DeviceTensorCopy: the wrappers of TensorCopy in PTX. Part of TensorCopy.
#pragma once

struct alignas(64) TensorMap { UInt64 bits[16]; };
using ByteBarrier = UInt64;

// The 32-bit address of a barrier in shared memory, so that code that keeps it need not convert the pointer again.
struct BarrierPlace {
    unsigned address;

    MEMBER BarrierPlace(const ByteBarrier* barrier) : address(SharedAddress(barrier))
    {
        asm("" : "+r"(address));  // opaque to the compiler, which would compute it anew in every loop
    }
    MEMBER BarrierPlace operator+(int count) const
    {
        BarrierPlace place = *this;
        place.address += count * int(sizeof(ByteBarrier));
        return place;
    }
};

// The hardware reads the map in place, among the kernel's parameters.
#define TENSOR_MAP const __grid_constant__ TensorMap

DEVICE void PrepareBarrier(BarrierPlace barrier, int arrivals = 1)
{
    asm volatile("mbarrier.init.shared::cta.b64 [%0], %1;" : : "r"(barrier.address), "r"(arrivals) : "memory");
}

DEVICE void Arrive(BarrierPlace barrier)
{
    asm volatile("mbarrier.arrive.shared::cta.b64 _, [%0];" : : "r"(barrier.address) : "memory");
}

DEVICE void ExpectBytes(BarrierPlace barrier, int bytes)
{
    asm volatile("mbarrier.arrive.expect_tx.shared::cta.b64 _, [%0], %1;"
                 : : "r"(barrier.address), "r"(bytes) : "memory");
}

DEVICE void WaitForPhase(BarrierPlace barrier, int parity)
{
    asm volatile("{ .reg .pred ended; again%=: "
                 "mbarrier.try_wait.parity.shared::cta.b64 ended, [%0], %1; @!ended bra again%=; }"
                 : : "r"(barrier.address), "r"(parity) : "memory");
}

template <int Axes = 3>
DEVICE void CopyBox(void* to, const TensorMap& map, BarrierPlace barrier, const BoxPlace& place)
{
    static_assert(Axes == 3 || Axes == 4);
    if constexpr (Axes == 3) {
        asm volatile("cp.async.bulk.tensor.3d.shared::cluster.global.mbarrier::complete_tx::bytes "
                     "[%0], [%1, {%3, %4, %5}], [%2];"
                     : : "r"(SharedAddress(to)), "l"(&map), "r"(barrier.address), "r"(place.at[0]),
                         "r"(place.at[1]), "r"(place.at[2]) : "memory");
    } else {
        asm volatile("cp.async.bulk.tensor.4d.shared::cluster.global.mbarrier::complete_tx::bytes "
                     "[%0], [%1, {%3, %4, %5, %6}], [%2];"
                     : : "r"(SharedAddress(to)), "l"(&map), "r"(barrier.address), "r"(place.at[0]),
                         "r"(place.at[1]), "r"(place.at[2]), "r"(place.at[3]) : "memory");
    }
}

DEVICE void CopyPixels(void* to, const TensorMap& map, BarrierPlace barrier, const BoxPlace& place, TapPlace tap)
{
    asm volatile("cp.async.bulk.tensor.5d.shared::cluster.global.im2col.mbarrier::complete_tx::bytes "
                 "[%0], [%1, {%3, %4, %5, %6, %7}], [%2], {%8, %9, %10};"
                 : : "r"(SharedAddress(to)), "l"(&map), "r"(barrier.address), "r"(place.at[0]),
                     "r"(place.at[1]), "r"(place.at[2]), "r"(place.at[3]), "r"(place.at[4]), "h"(UInt16(tap.w)),
                     "h"(UInt16(tap.h)), "h"(UInt16(tap.t)) : "memory");
}

DEVICE void CopyBytes(void* to, const void* from, int bytes, BarrierPlace barrier)
{
    asm volatile("cp.async.bulk.shared::cluster.global.mbarrier::complete_tx::bytes [%0], [%1], %2, [%3];"
                 : : "r"(SharedAddress(to)), "l"(from), "r"(bytes), "r"(barrier.address) : "memory");
}
