// DeviceMma: the wrappers of Mma in PTX. Part of Mma.
#pragma once

template <typename Element> struct Mma;

#define GK_MMA(Element, shape, type)                                                                              \
    template <> struct Mma<Element> {                                                                             \
        static constexpr int Depth = 32 / sizeof(Element);                                                        \
        static MEMBER void Multiply(FragmentSum& sum, const FragmentX& x, const FragmentW& w)                     \
        {                                                                                                         \
            asm volatile("mma.sync.aligned." shape ".row.col.f32." type "." type ".f32 {%0, %1, %2, %3}, "        \
                         "{%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"                                          \
                         : "+f"(sum.values[0]), "+f"(sum.values[1]), "+f"(sum.values[2]), "+f"(sum.values[3])     \
                         : "r"(x.bits[0]), "r"(x.bits[1]), "r"(x.bits[2]), "r"(x.bits[3]), "r"(w.bits[0]),        \
                           "r"(w.bits[1]));                                                                       \
        }                                                                                                         \
    }

GK_MMA(Half, "m16n8k16", "f16");
GK_MMA(BFloat16, "m16n8k16", "bf16");
GK_MMA(float, "m16n8k8", "tf32");
#undef GK_MMA

// The bits of the nearest tf32, ties away from zero.
DEVICE unsigned RoundToTf32(float value)
{
    unsigned bits;
    asm("cvt.rna.tf32.f32 %0, %1;" : "=r"(bits) : "f"(value));
    return bits;
}

template <typename Element> constexpr bool IsBrainFloat = false;
template <> constexpr bool IsBrainFloat<BFloat16> = true;

// Two elements of 16 bits in a register, the first in the lower half.
template <typename Element> DEVICE unsigned PackTwo(float first, float second)
{
    unsigned bits;
    if constexpr (IsBrainFloat<Element>) {
        asm("cvt.rn.bf16x2.f32 %0, %1, %2;" : "=r"(bits) : "f"(second), "f"(first));
    } else {
        static_assert(sizeof(Element) == 2);
        asm("cvt.rn.f16x2.f32 %0, %1, %2;" : "=r"(bits) : "f"(second), "f"(first));
    }
    return bits;
}

// Elementwise product of two registers, rounded once; floats to tf32. A fused multiply-add with -0 rounds as a product.
template <typename Element> DEVICE unsigned MultiplyEach(unsigned a, unsigned b)
{
    unsigned bits;
    if constexpr (sizeof(Element) == 4) {
        return RoundToTf32(BitsToFloat(a) * BitsToFloat(b));
    } else if constexpr (IsBrainFloat<Element>) {
        asm("fma.rn.bf16x2 %0, %1, %2, %3;" : "=r"(bits) : "r"(a), "r"(b), "r"(0x80008000u));
    } else {
        asm("fma.rn.f16x2 %0, %1, %2, %3;" : "=r"(bits) : "r"(a), "r"(b), "r"(0x80008000u));
    }
    return bits;
}

DEVICE unsigned SharedAddress(const void* shared)
{
    return unsigned(__cvta_generic_to_shared(shared));
}

// Lane 8 i + r passes the address of row r of matrix i, 16 bytes aligned to 16; other lanes' addresses are ignored.
// bits[i] is piece lane % 4 of row lane / 4 of matrix i.
template <int Count> DEVICE void LoadMatrices(unsigned (&bits)[Count], const void* row)
{
    static_assert(Count == 1 || Count == 2 || Count == 4);
    const unsigned address = SharedAddress(row);
    if constexpr (Count == 1) {
        asm volatile("ldmatrix.sync.aligned.m8n8.x1.shared.b16 {%0}, [%1];"
                     : "=r"(bits[0]) : "r"(address) : "memory");
    } else if constexpr (Count == 2) {
        asm volatile("ldmatrix.sync.aligned.m8n8.x2.shared.b16 {%0, %1}, [%2];"
                     : "=r"(bits[0]), "=r"(bits[1]) : "r"(address) : "memory");
    } else {
        asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0, %1, %2, %3}, [%4];"
                     : "=r"(bits[0]), "=r"(bits[1]), "=r"(bits[2]), "=r"(bits[3]) : "r"(address) : "memory");
    }
}

// As LoadMatrices, for elements of 16 bits: bits[i] is element lane / 4 of rows 2 (lane % 4) and 2 (lane % 4) + 1.
template <int Count> DEVICE void LoadMatricesTransposed(unsigned (&bits)[Count], const void* row)
{
    static_assert(Count == 1 || Count == 2 || Count == 4);
    const unsigned address = SharedAddress(row);
    if constexpr (Count == 1) {
        asm volatile("ldmatrix.sync.aligned.m8n8.x1.trans.shared.b16 {%0}, [%1];"
                     : "=r"(bits[0]) : "r"(address) : "memory");
    } else if constexpr (Count == 2) {
        asm volatile("ldmatrix.sync.aligned.m8n8.x2.trans.shared.b16 {%0, %1}, [%2];"
                     : "=r"(bits[0]), "=r"(bits[1]) : "r"(address) : "memory");
    } else {
        asm volatile("ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {%0, %1, %2, %3}, [%4];"
                     : "=r"(bits[0]), "=r"(bits[1]), "=r"(bits[2]), "=r"(bits[3]) : "r"(address) : "memory");
    }
}

// Starts to copy 16 bytes from global to shared memory, or, unless exists, to set them to zero without reading. Both
// addresses are aligned to 16 bytes. The target is undefined until the thread has waited; other threads see it after
// the next barrier.
DEVICE void CopyAsync(void* shared, const void* global, bool exists = true)
{
    asm volatile("{ .reg .pred isNone; setp.eq.u32 isNone, %2, 0; cp.async.cg.shared.global [%0], [%1], 16, isNone; }"
                 : : "r"(SharedAddress(shared)), "l"(global), "r"(unsigned(exists)) : "memory");
}

// Commits the thread's copies since the last commit as a group, which may be empty.
DEVICE void CopyCommit() { asm volatile("cp.async.commit_group;" : : : "memory"); }

// Waits for the thread's own copies, except those of the last Pending groups.
template <int Pending> DEVICE void CopyWait()
{
    asm volatile("cp.async.wait_group %0;" : : "n"(Pending) : "memory");
}
