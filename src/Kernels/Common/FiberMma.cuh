// FiberMma: the wrappers of Mma on the simt device. Lanes meet at their warp's gate, and the last to arrive computes
// for all. A copy is made when its thread waits for it; until then its target is filled with NaN, so that a missing
// wait and a target that others are still reading both show in the result. Part of Mma.
#pragma once

namespace Fibers {

// --- Multiplication --------------------------------------------------------------------------------------------------

struct MultiplyArguments {
    FragmentSum* sum;
    const FragmentX* x;
    const FragmentW* w;
};

// Whether or not sanitizers instrument it, it accesses nothing but its own copies.
template <typename Element> static __attribute__((noinline)) void MultiplyFragments(
    FragmentSum (&sums)[WarpSize], const FragmentX (&x)[WarpSize], const FragmentW (&w)[WarpSize])
{
    constexpr int Depth = 32 / sizeof(Element);
    constexpr int PieceLength = 4 / sizeof(Element);
    float left[16][Depth], right[Depth][8], product[16][8];
    const auto element = [](unsigned bits, int index) {
        if constexpr (sizeof(Element) == 4) {
            return BitsToFloat(bits & 0xFFFFE000u);  // tf32 drops the last 13 bits
        } else {
            Element value;
            value.bits = UInt16(bits >> 16 * index);
            return float(value);
        }
    };
    for (int lane = 0; lane < WarpSize; lane++) {
        const int row = lane / 4, four = lane % 4;
        for (int index = 0; index < PieceLength; index++) {
            const int column = four * PieceLength + index;
            left[row][column] = element(x[lane].bits[0], index);
            left[row + 8][column] = element(x[lane].bits[1], index);
            left[row][column + Depth / 2] = element(x[lane].bits[2], index);
            left[row + 8][column + Depth / 2] = element(x[lane].bits[3], index);
            right[column][row] = element(w[lane].bits[0], index);
            right[column + Depth / 2][row] = element(w[lane].bits[1], index);
        }
        for (int index = 0; index < 4; index++) {
            product[row + index / 2 * 8][four * 2 + index % 2] = sums[lane].values[index];
        }
    }
    for (int row = 0; row < 16; row++) {
        for (int k = 0; k < Depth; k++) {
            for (int column = 0; column < 8; column++) product[row][column] += left[row][k] * right[k][column];
        }
    }
    for (int lane = 0; lane < WarpSize; lane++) {
        for (int index = 0; index < 4; index++) {
            sums[lane].values[index] = product[lane / 4 + index / 2 * 8][lane % 4 * 2 + index % 2];
        }
    }
}

template <typename Element> FIBER void MultiplyWarp(void* const* arguments)
{
    FragmentSum sums[WarpSize];
    FragmentX x[WarpSize];
    FragmentW w[WarpSize];
    for (int lane = 0; lane < WarpSize; lane++) {
        const MultiplyArguments& own = *static_cast<const MultiplyArguments*>(arguments[lane]);
        sums[lane] = *own.sum;
        x[lane] = *own.x;
        w[lane] = *own.w;
    }
    MultiplyFragments<Element>(sums, x, w);
    for (int lane = 0; lane < WarpSize; lane++) {
        *static_cast<const MultiplyArguments*>(arguments[lane])->sum = sums[lane];
    }
}

// --- Loads -----------------------------------------------------------------------------------------------------------

struct LoadArguments {
    unsigned row[4];
    unsigned bits[4];
};

template <int Count, bool IsTransposed> FIBER void LoadWarp(void* const* arguments)
{
    for (int lane = 0; lane < WarpSize; lane++) {
        LoadArguments& own = *static_cast<LoadArguments*>(arguments[lane]);
        for (int matrix = 0; matrix < Count; matrix++) {
            void* const* rows = arguments + 8 * matrix;
            if (!IsTransposed) {
                own.bits[matrix] = static_cast<LoadArguments*>(rows[lane / 4])->row[lane % 4];
                continue;
            }

            const int column = lane / 4;
            const unsigned first = static_cast<LoadArguments*>(rows[lane % 4 * 2])->row[column / 2];
            const unsigned second = static_cast<LoadArguments*>(rows[lane % 4 * 2 + 1])->row[column / 2];
            const int shift = 16 * (column % 2);
            own.bits[matrix] = (first >> shift & 0xFFFF) | second >> shift << 16;
        }
    }
}

// Each lane reads the row that it passes, so that sanitizers see the access.
template <int Count, bool IsTransposed> DEVICE void Load(unsigned (&bits)[Count], const void* row, CallSite site)
{
    static_assert(Count == 1 || Count == 2 || Count == 4);
    LoadArguments own;
    if (s_block->running % WarpSize < 8 * Count) {
        if (reinterpret_cast<unsigned long>(row) % 16 != 0) Fail(*s_block, site, "needs rows aligned to 16 bytes");
        __builtin_memcpy(own.row, row, 16);
    }
    DoTogether(&own, &LoadWarp<Count, IsTransposed>, site);
    for (int matrix = 0; matrix < Count; matrix++) bits[matrix] = own.bits[matrix];
}

// --- Copies ----------------------------------------------------------------------------------------------------------

FIBER __attribute__((noinline)) void Remember(Block& block, const Copy& copy, CallSite site)
{
    Thread& self = block.threads[block.running];
    if (self.copyCount == 0) self.firstCopy = 0;
    if (self.copyCount == MaximumCopies) Fail(block, site, "has more copies pending than the simt device keeps");
    Copy& kept = block.copies[block.running][(self.firstCopy + self.copyCount++) % MaximumCopies];
    kept = copy;
    kept.group = self.copyGroup;
}

// The oldest copy of the running thread, if it is of a group that may not stay pending.
FIBER __attribute__((noinline)) bool NextCopy(Block& block, int pending, Copy& copy)
{
    Thread& self = block.threads[block.running];
    if (self.copyCount == 0) return false;
    copy = block.copies[block.running][self.firstCopy];
    if (copy.group - (self.copyGroup - pending) >= 0) return false;
    self.firstCopy = (self.firstCopy + 1) % MaximumCopies;
    self.copyCount--;
    self.hasUnfenced = true;
    return true;
}

}  // namespace Fibers

#define GK_CALLER const char *file = __builtin_FILE(), int line = __builtin_LINE()

template <typename Element> struct Mma {
    static constexpr int Depth = 32 / sizeof(Element);

    static MEMBER void Multiply(FragmentSum& sum, const FragmentX& x, const FragmentW& w, GK_CALLER)
    {
        Fibers::MultiplyArguments own = {&sum, &x, &w};
        Fibers::DoTogether(&own, &Fibers::MultiplyWarp<Element>, {"matrix multiplication", file, line});
    }
};

DEVICE unsigned RoundToTf32(float value)
{
    const unsigned bits = FloatToBits(value);
    return (bits & 0x7FFFFFFF) >= 0x7F800000u ? bits : (bits + 0x1000) & 0xFFFFE000u;
}

template <typename Element> DEVICE unsigned PackTwo(float first, float second)
{
    return Element(first).bits | unsigned(Element(second).bits) << 16;
}

template <typename Element> DEVICE unsigned MultiplyEach(unsigned a, unsigned b)
{
    if constexpr (sizeof(Element) == 4) {
        return RoundToTf32(BitsToFloat(a) * BitsToFloat(b));
    } else {
        Element elements[4];
        for (int index = 0; index < 4; index++) elements[index].bits = UInt16((index < 2 ? a : b) >> index % 2 * 16);
        return PackTwo<Element>(elements[0] * elements[2], elements[1] * elements[3]);
    }
}

template <int Count> DEVICE void LoadMatrices(unsigned (&bits)[Count], const void* row, GK_CALLER)
{
    Fibers::Load<Count, false>(bits, row, {"load of matrices", file, line});
}

template <int Count> DEVICE void LoadMatricesTransposed(unsigned (&bits)[Count], const void* row, GK_CALLER)
{
    Fibers::Load<Count, true>(bits, row, {"load of matrices", file, line});
}

DEVICE void CopyAsync(void* shared, const void* global, bool exists = true, GK_CALLER)
{
    const Fibers::CallSite site = {"copy", file, line};
    const unsigned long addresses = reinterpret_cast<unsigned long>(shared) | reinterpret_cast<unsigned long>(global);
    if (addresses % 16 != 0) Fibers::Fail(*Fibers::s_block, site, "needs addresses aligned to 16 bytes");
    __builtin_memset(shared, 0xFF, 16);
    Fibers::Remember(
        *Fibers::s_block, {static_cast<char*>(shared), static_cast<const char*>(global), exists, 0}, site);
}

DEVICE void CopyCommit() { Fibers::s_block->threads[Fibers::s_block->running].copyGroup++; }

template <int Pending> DEVICE void CopyWait()
{
    Fibers::Copy copy;
    while (Fibers::NextCopy(*Fibers::s_block, Pending, copy)) {
        for (int index = 0; index < 16; index++) copy.to[index] = copy.exists ? copy.from[index] : 0;
    }
}

#undef GK_CALLER
