// DeviceWgmma: the wrappers of Wgmma in PTX. Part of Wgmma.
#pragma once

#if !defined(__CUDA_ARCH_FEAT_SM90_ALL)
#error "warpgroups multiply on sm_90a alone"
#endif

template <typename Element, int Columns> struct Wgmma;

// A thread's sums as operands of asm, four to a fragment, and their operand numbers.
#define GK_SUM(index)                                                                                             \
    "+f"(sums[index].values[0]), "+f"(sums[index].values[1]), "+f"(sums[index].values[2]),                        \
        "+f"(sums[index].values[3])
#define GK_FOUR(first) GK_SUM(first), GK_SUM(first + 1), GK_SUM(first + 2), GK_SUM(first + 3)
#define GK_EIGHT(first) GK_FOUR(first), GK_FOUR(first + 4)
#define GK_SIXTEEN(first) GK_EIGHT(first), GK_EIGHT(first + 8)
#define GK_TEN(tens)                                                                                              \
    "%" #tens "0, %" #tens "1, %" #tens "2, %" #tens "3, %" #tens "4, %" #tens "5, %" #tens "6, %" #tens "7, "    \
    "%" #tens "8, %" #tens "9"
#define GK_SUMS_40 GK_FOUR(0), GK_SUM(4)
#define GK_SUMS_64 GK_EIGHT(0)
#define GK_SUMS_80 GK_EIGHT(0), GK_SUM(8), GK_SUM(9)
#define GK_SUMS_128 GK_SIXTEEN(0)
#define GK_SUMS_160 GK_SIXTEEN(0), GK_FOUR(16)
#define GK_SUMS_256 GK_SIXTEEN(0), GK_SIXTEEN(16)
#define GK_NUMBERS_40 GK_TEN() ", " GK_TEN(1)
#define GK_NUMBERS_64 GK_NUMBERS_40 ", " GK_TEN(2) ", %30, %31"
#define GK_NUMBERS_80 GK_NUMBERS_40 ", " GK_TEN(2) ", " GK_TEN(3)
#define GK_NUMBERS_128 GK_NUMBERS_80 ", " GK_TEN(4) ", " GK_TEN(5) ", %60, %61, %62, %63"
#define GK_NUMBERS_160 GK_NUMBERS_80 ", " GK_TEN(4) ", " GK_TEN(5) ", " GK_TEN(6) ", " GK_TEN(7)
#define GK_NUMBERS_256                                                                                            \
    GK_NUMBERS_160 ", " GK_TEN(8) ", " GK_TEN(9) ", " GK_TEN(10) ", " GK_TEN(11) ", %120, %121, %122, %123, "     \
    "%124, %125, %126, %127"

// a to g are the numbers of the operands after the sums. The predicate says whether the sums are added to or
// overwritten; the two ones after it are the signs of x and w, which -1 would negate.
#define GK_WGMMA(Element, type, columns, a, b, c, d, e, f, g)                                                     \
    template <> struct Wgmma<Element, columns> {                                                                  \
        template <bool IsXMnMajor, bool IsWMnMajor, bool Adds = true>                                             \
        static MEMBER void Multiply(FragmentSum (&sums)[columns / 8], UInt64 x, UInt64 w)                         \
        {                                                                                                         \
            asm volatile("{ .reg .pred adds; setp.ne.b32 adds, " a ", 0; "                                        \
                         "wgmma.mma_async.sync.aligned.m64n" #columns "k16.f32." type "." type " "                \
                         "{" GK_NUMBERS_##columns "}, " b ", " c ", adds, 1, 1, " d ", " e "; }"                  \
                         : GK_SUMS_##columns                                                                      \
                         : "n"(int(Adds)), "l"(x), "l"(w), "n"(int(IsXMnMajor)), "n"(int(IsWMnMajor)));           \
        }                                                                                                         \
        template <bool IsWMnMajor, bool Adds = true>                                                              \
        static MEMBER void Multiply(FragmentSum (&sums)[columns / 8], const FragmentX& x, UInt64 w)               \
        {                                                                                                         \
            asm volatile("{ .reg .pred adds; setp.ne.b32 adds, " a ", 0; "                                        \
                         "wgmma.mma_async.sync.aligned.m64n" #columns "k16.f32." type "." type " "                \
                         "{" GK_NUMBERS_##columns "}, {" b ", " c ", " d ", " e "}, " f ", adds, 1, 1, " g "; }"  \
                         : GK_SUMS_##columns                                                                      \
                         : "n"(int(Adds)), "r"(x.bits[0]), "r"(x.bits[1]), "r"(x.bits[2]), "r"(x.bits[3]),        \
                           "l"(w), "n"(int(IsWMnMajor)));                                                         \
        }                                                                                                         \
    }
#define GK_WGMMA_OF(Element, type)                                                                                \
    GK_WGMMA(Element, type, 40, "%20", "%21", "%22", "%23", "%24", "%25", "%26");                                 \
    GK_WGMMA(Element, type, 64, "%32", "%33", "%34", "%35", "%36", "%37", "%38");                                 \
    GK_WGMMA(Element, type, 80, "%40", "%41", "%42", "%43", "%44", "%45", "%46");                                 \
    GK_WGMMA(Element, type, 128, "%64", "%65", "%66", "%67", "%68", "%69", "%70");                                \
    GK_WGMMA(Element, type, 160, "%80", "%81", "%82", "%83", "%84", "%85", "%86");                                \
    GK_WGMMA(Element, type, 256, "%128", "%129", "%130", "%131", "%132", "%133", "%134")

GK_WGMMA_OF(Half, "f16");
GK_WGMMA_OF(BFloat16, "bf16");

#undef GK_WGMMA_OF
#undef GK_WGMMA
#undef GK_NUMBERS_256
#undef GK_NUMBERS_160
#undef GK_NUMBERS_128
#undef GK_NUMBERS_80
#undef GK_NUMBERS_64
#undef GK_NUMBERS_40
#undef GK_SUMS_256
#undef GK_SUMS_160
#undef GK_SUMS_128
#undef GK_SUMS_80
#undef GK_SUMS_64
#undef GK_SUMS_40
#undef GK_TEN
#undef GK_SIXTEEN
#undef GK_EIGHT
#undef GK_FOUR
#undef GK_SUM

DEVICE void WgmmaFence() { asm volatile("wgmma.fence.sync.aligned;" : : : "memory"); }

DEVICE void WgmmaCommit() { asm volatile("wgmma.commit_group.sync.aligned;" : : : "memory"); }

template <int Pending> DEVICE void WgmmaWait()
{
    asm volatile("wgmma.wait_group.sync.aligned %0;" : : "n"(Pending) : "memory");
}

// The compiler does not know that the registers are written later, by wgmma: each one is marked as changed here.
template <int Fragments> DEVICE void WgmmaPin(FragmentSum (&sums)[Fragments])
{
#pragma unroll
    for (int j = 0; j < Fragments; j++) {
#pragma unroll
        for (int index = 0; index < 4; index++) asm volatile("" : "+f"(sums[j].values[index]) : : "memory");
    }
}

template <int Rows, int Fragments> DEVICE void WgmmaFinish(FragmentSum (&sums)[Rows][Fragments])
{
    WgmmaWait<0>();
#pragma unroll
    for (int i = 0; i < Rows; i++) WgmmaPin(sums[i]);
}

// Copies and stores go through the generic proxy, multiplications read through the async proxy.
DEVICE void ProxyFence() { asm volatile("fence.proxy.async.shared::cta;" : : : "memory"); }

template <int Count> DEVICE void DeallocateRegisters()
{
    asm volatile("setmaxnreg.dec.sync.aligned.u32 %0;" : : "n"(Count));
}

template <int Count> DEVICE void AllocateRegisters()
{
    asm volatile("setmaxnreg.inc.sync.aligned.u32 %0;" : : "n"(Count));
}
