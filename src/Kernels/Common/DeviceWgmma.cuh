// DeviceWgmma: the wrappers of Wgmma in PTX. Part of Wgmma.
#pragma once

#if !defined(__CUDA_ARCH_FEAT_SM90_ALL)
#error "warpgroups multiply on sm_90a alone"
#endif

template <typename Element, int Columns> struct Wgmma;

// The numbers of operands, and the operands themselves: a thread's sums, four to a fragment.
#define GK_TEN(tens)                                                                                              \
    "%" #tens "0, %" #tens "1, %" #tens "2, %" #tens "3, %" #tens "4, %" #tens "5, %" #tens "6, %" #tens "7, "    \
    "%" #tens "8, %" #tens "9, "
#define GK_TO_31 GK_TEN() GK_TEN(1) GK_TEN(2) "%30, %31"
#define GK_TO_63 GK_TEN() GK_TEN(1) GK_TEN(2) GK_TEN(3) GK_TEN(4) GK_TEN(5) "%60, %61, %62, %63"
#define GK_TO_127                                                                                                 \
    GK_TEN() GK_TEN(1) GK_TEN(2) GK_TEN(3) GK_TEN(4) GK_TEN(5) GK_TEN(6) GK_TEN(7) GK_TEN(8) GK_TEN(9)            \
    GK_TEN(10) GK_TEN(11) "%120, %121, %122, %123, %124, %125, %126, %127"
#define GK_FRAGMENT(sum) "+f"(sum.values[0]), "+f"(sum.values[1]), "+f"(sum.values[2]), "+f"(sum.values[3])
#define GK_FOUR(first)                                                                                            \
    GK_FRAGMENT(sums[first]), GK_FRAGMENT(sums[first + 1]), GK_FRAGMENT(sums[first + 2]), GK_FRAGMENT(sums[first + 3])
#define GK_EIGHT(first) GK_FOUR(first), GK_FOUR(first + 4)
#define GK_SIXTEEN(first) GK_EIGHT(first), GK_EIGHT(first + 8)
#define GK_THIRTY_TWO(first) GK_SIXTEEN(first), GK_SIXTEEN(first + 16)

// A predicate says whether the sums are added to or begun anew, the next two numbers would negate an operand.
#define GK_WGMMA(Element, type, columns, numbers, operands, x, w, acrossX, acrossW)                               \
    template <> struct Wgmma<Element, columns> {                                                                  \
        template <bool AcrossX, bool AcrossW>                                                                     \
        static MEMBER void Multiply(FragmentSum (&sums)[columns / 8], UInt64 xDescriptor, UInt64 wDescriptor)     \
        {                                                                                                         \
            asm volatile("{ .reg .pred adds; setp.ne.b32 adds, 1, 0; "                                            \
                         "wgmma.mma_async.sync.aligned.m64n" #columns "k16.f32." type "." type " {" numbers "}, " \
                         x ", " w ", adds, 1, 1, " acrossX ", " acrossW "; }"                                     \
                         : operands : "l"(xDescriptor), "l"(wDescriptor), "n"(int(AcrossX)), "n"(int(AcrossW)));  \
        }                                                                                                         \
    }
#define GK_WGMMA_OF(Element, type)                                                                                \
    GK_WGMMA(Element, type, 64, GK_TO_31, GK_EIGHT(0), "%32", "%33", "%34", "%35");                               \
    GK_WGMMA(Element, type, 128, GK_TO_63, GK_SIXTEEN(0), "%64", "%65", "%66", "%67");                            \
    GK_WGMMA(Element, type, 256, GK_TO_127, GK_THIRTY_TWO(0), "%128", "%129", "%130", "%131")

GK_WGMMA_OF(Half, "f16");
GK_WGMMA_OF(BFloat16, "bf16");

#undef GK_WGMMA_OF
#undef GK_WGMMA
#undef GK_THIRTY_TWO
#undef GK_SIXTEEN
#undef GK_EIGHT
#undef GK_FOUR
#undef GK_FRAGMENT
#undef GK_TO_127
#undef GK_TO_63
#undef GK_TO_31
#undef GK_TEN

DEVICE void WgmmaFence() { asm volatile("wgmma.fence.sync.aligned;" : : : "memory"); }

DEVICE void WgmmaCommit() { asm volatile("wgmma.commit_group.sync.aligned;" : : : "memory"); }

template <int Pending> DEVICE void WgmmaWait()
{
    asm volatile("wgmma.wait_group.sync.aligned %0;" : : "n"(Pending) : "memory");
}

// The compiler knows nothing of registers that are written later: each one is marked as changed here, so that no read
// of it moves before the wait.
template <int Rows, int Fragments> DEVICE void WgmmaFinish(FragmentSum (&sums)[Rows][Fragments])
{
    WgmmaWait<0>();
#pragma unroll
    for (int i = 0; i < Rows; i++) {
#pragma unroll
        for (int j = 0; j < Fragments; j++) {
#pragma unroll
            for (int index = 0; index < 4; index++) asm volatile("" : "+f"(sums[i][j].values[index]) : : "memory");
        }
    }
}

// Copies and stores are made through the generic proxy, multiplications read through the asynchronous one.
DEVICE void ProxyFence() { asm volatile("fence.proxy.async.shared::cta;" : : : "memory"); }
