// FiberWgmma: the wrappers of Wgmma on the simt device. The threads of a warpgroup meet at its gate. Each reads its
// share of the operands through the descriptors, as the hardware would, and the last to arrive multiplies. The sums are
// kept aside until they are waited for: meanwhile the threads' own are NaN, so that a missing commit or wait shows in
// the result. When they are waited for, each thread reads its share, and its registers of x, once more, and the launch
// fails if anything has changed. Part of Wgmma.
#pragma once

namespace Fibers {

// Where dynamic shared memory begins: aligned to 128 bytes, as the prelude has it, and to no more.
constexpr unsigned FirstSharedAddress = 1024 + 128;

constexpr int MultiplyRows = 64;
constexpr int MultiplyDepth = 16;

}  // namespace Fibers

DEVICE unsigned SharedAddress(const void* shared)
{
    return Fibers::FirstSharedAddress + unsigned(static_cast<const char*>(shared) - static_cast<char*>(dynamicShared));
}

namespace Fibers {

// --- Operands --------------------------------------------------------------------------------------------------------

// Where the hardware stores what belongs to an address: the 128-byte swizzle.
FIBER unsigned Swizzled(unsigned address) { return address ^ (address >> 7 & 7) << 4; }

// The address of an element of an operand: `at` is the row of x or the column of w, k the index along K.
FIBER unsigned ElementAddress(UInt64 descriptor, bool isMnMajor, int at, int k)
{
    const unsigned start = (descriptor & 0x3FFF) << 4;
    const unsigned leading = (descriptor >> 16 & 0x3FFF) << 4, stride = (descriptor >> 32 & 0x3FFF) << 4;
    const unsigned address = isMnMajor ? start + at / 64 * leading + k / 8 * stride + k % 8 * 128 + at % 64 * 2
                                      : start + at / 8 * stride + at % 8 * 128 + k * 2;
    return Swizzled(address);
}

// The bits of an element; each thread reads its own, so that sanitizers see the access.
DEVICE UInt16 ReadElement(UInt64 descriptor, bool isMnMajor, int at, int k, CallSite site)
{
    const unsigned offset = ElementAddress(descriptor, isMnMajor, at, k) - FirstSharedAddress;
    if (offset + 2 > s_block->launch->sharedBytes) Fail(*s_block, site, "reads beyond the block's shared memory");
    return *reinterpret_cast<const UInt16*>(static_cast<char*>(dynamicShared) + offset);
}

// Calls actX and actW(bits) for a thread's share of each operand: 8 elements of x, from its registers if x is there,
// and an eighth of a row of w.
template <typename ActX, typename ActW>
DEVICE void ForShare(const Operands& operands, const unsigned* registers, CallSite site, ActX actX, ActW actW)
{
    const int thread = s_block->running % WarpgroupSize;
    for (int index = 0; index < 8; index++) {
        if (operands.isXInRegisters) actX(UInt16(registers[index / 2] >> index % 2 * 16));
        else actX(ReadElement(operands.x, operands.isXMnMajor, thread / 2, thread % 2 * 8 + index, site));
    }
    const int length = operands.columns / 8;
    for (int index = 0; index < length; index++) {
        actW(ReadElement(operands.w, operands.isWMnMajor, thread % 8 * length + index, thread / 8, site));
    }
}

// Where the index-th element of a thread's share of x is in the matrix.
struct ElementPosition { int row, column; };

FIBER ElementPosition PositionInX(bool isInRegisters, int thread, int index)
{
    if (!isInRegisters) return {thread / 2, thread % 2 * 8 + index};
    const int row = thread / WarpSize * 16 + thread % WarpSize / 4, number = index / 2;
    return {row + number % 2 * 8, number / 2 * 8 + thread % 4 * 2 + index % 2};
}

FIBER UInt64 Digest(UInt64 before, UInt16 bits) { return (before ^ bits) * 0x100000001B3ull; }

FIBER Warpgroup& OwnWarpgroup() { return s_block->warpgroups[s_block->running / WarpgroupSize]; }

// --- Multiplication --------------------------------------------------------------------------------------------------

struct WarpgroupArguments {
    float* sums;
    bool adds;
    const unsigned* registers;  // of x
    CallSite site;
    Operands operands;
    UInt64 digest;
    UInt16 x[8], w[MaximumColumns / 8];
};

FIBER const WarpgroupArguments& ArgumentsOf(void* const* arguments, int thread)
{
    return *static_cast<const WarpgroupArguments*>(arguments[thread]);
}

// Where a thread's index-th sum is in the matrix.
FIBER float& SumOf(HiddenSums& hidden, int thread, int index)
{
    const int row = thread / WarpSize * 16 + thread % WarpSize / 4 + index / 2 % 2 * 8;
    return hidden.values[row][index / 4 * 8 + thread % 4 * 2 + index % 2];
}

// The place where these sums are kept aside. If they are not there yet, they are moved there; if they are overwritten,
// it is filled with zeros.
FIBER HiddenSums& Hide(Warpgroup& warpgroup, void* const* arguments)
{
    const WarpgroupArguments& first = ArgumentsOf(arguments, 0);
    HiddenSums* found = nullptr;
    for (HiddenSums& hidden : warpgroup.hidden) {
        if (hidden.columns > 0 && hidden.sums[0] == first.sums) found = &hidden;
    }
    if (found != nullptr && first.adds) return *found;
    for (HiddenSums& hidden : warpgroup.hidden) {
        if (found == nullptr && hidden.columns == 0) found = &hidden;
    }
    if (found == nullptr) Fail(*s_block, first.site, "adds to more sums than the simt device keeps");
    found->columns = first.operands.columns;
    for (int thread = 0; thread < WarpgroupSize; thread++) {
        float* sums = found->sums[thread] = ArgumentsOf(arguments, thread).sums;
        for (int index = 0; index < found->columns / 2; index++) {
            SumOf(*found, thread, index) = first.adds ? sums[index] : 0;
            sums[index] = BitsToFloat(0xFFFFFFFFu);
        }
    }
    return *found;
}

FIBER void GiveBack(HiddenSums& hidden)
{
    for (int thread = 0; thread < WarpgroupSize; thread++) {
        float* sums = hidden.sums[thread];
        for (int index = 0; index < hidden.columns / 2; index++) sums[index] = SumOf(hidden, thread, index);
    }
    hidden.columns = 0;
}

template <typename Element> FIBER float ValueOf(UInt16 bits)
{
    Element element;
    element.bits = bits;
    return element;
}

template <typename Element, int Columns> static __attribute__((noinline)) GK_UNCHECKED void MultiplyOperands(
    HiddenSums& hidden, void* const* arguments)
{
    float x[MultiplyRows][MultiplyDepth], w[MultiplyDepth][Columns];
    for (int thread = 0; thread < WarpgroupSize; thread++) {
        const WarpgroupArguments& own = ArgumentsOf(arguments, thread);
        for (int index = 0; index < 8; index++) {
            const ElementPosition position = PositionInX(own.operands.isXInRegisters, thread, index);
            x[position.row][position.column] = ValueOf<Element>(own.x[index]);
        }
        for (int index = 0; index < Columns / 8; index++) {
            w[thread / 8][thread % 8 * (Columns / 8) + index] = ValueOf<Element>(own.w[index]);
        }
    }
    for (int row = 0; row < MultiplyRows; row++) {
        for (int k = 0; k < MultiplyDepth; k++) {
            for (int column = 0; column < Columns; column++) hidden.values[row][column] += x[row][k] * w[k][column];
        }
    }
}

// The index-th pending multiplication, from the oldest on.
FIBER Multiplication& MultiplicationAt(Warpgroup& warpgroup, int index)
{
    return warpgroup.multiplications[(warpgroup.firstMultiplication + index) % MaximumMultiplications];
}

template <typename Element, int Columns> FIBER void MultiplyWarpgroup(void* const* arguments)
{
    const WarpgroupArguments& first = ArgumentsOf(arguments, 0);
    Warpgroup& warpgroup = OwnWarpgroup();
    if (!warpgroup.isFenced) Fail(*s_block, first.site, "has no fence since the last group");
    if (warpgroup.multiplicationCount == MaximumMultiplications) {
        Fail(*s_block, first.site, "is one of more pending ones than the simt device keeps");
    }

    Multiplication& kept = MultiplicationAt(warpgroup, warpgroup.multiplicationCount++);
    kept.operands = first.operands;
    kept.group = warpgroup.group;
    for (int thread = 0; thread < WarpgroupSize; thread++) {
        const WarpgroupArguments& own = ArgumentsOf(arguments, thread);
        const bool isSame = own.operands.x == first.operands.x && own.operands.w == first.operands.w;
        if (!isSame) Fail(*s_block, first.site, "has not the same descriptors in every thread");
        kept.digests[thread] = own.digest;
        kept.registers[thread] = own.registers;
    }

    HiddenSums& hidden = Hide(warpgroup, arguments);
    hidden.group = warpgroup.group;
    MultiplyOperands<Element, Columns>(hidden, arguments);
}

FIBER void DoTogetherInWarpgroup(void* own, GateFunction function, CallSite site)
{
    DoTogether(
        *s_block, WarpgroupGates + s_block->running / WarpgroupSize, WarpgroupSize, own, function, site);
}

// --- Groups ----------------------------------------------------------------------------------------------------------

FIBER void FenceWarpgroup(void* const*) { OwnWarpgroup().isFenced = true; }

FIBER void CommitWarpgroup(void* const*)
{
    OwnWarpgroup().isFenced = false;
    OwnWarpgroup().group++;
}

// Whether a wait that leaves `pending` groups pending covers a group.
FIBER bool MustEnd(const Warpgroup& warpgroup, int group, int pending)
{
    return group - (warpgroup.group - pending) < 0;
}

template <int Pending> FIBER void FinishWarpgroup(void* const*)
{
    Warpgroup& warpgroup = OwnWarpgroup();
    while (warpgroup.multiplicationCount > 0 && MustEnd(warpgroup, MultiplicationAt(warpgroup, 0).group, Pending)) {
        warpgroup.firstMultiplication = (warpgroup.firstMultiplication + 1) % MaximumMultiplications;
        warpgroup.multiplicationCount--;
    }
    for (HiddenSums& hidden : warpgroup.hidden) {
        if (hidden.columns > 0 && MustEnd(warpgroup, hidden.group, Pending)) GiveBack(hidden);
    }
}

// What the running thread read of a multiplication's operands.
struct OwnShare {
    Operands operands;
    const unsigned* registers;
    UInt64 digest;
};

// That of the index-th multiplication, if the wait covers it.
FIBER __attribute__((noinline)) bool NextShare(int index, int pending, OwnShare& share)
{
    Warpgroup& warpgroup = OwnWarpgroup();
    if (index == warpgroup.multiplicationCount) return false;
    const Multiplication& next = MultiplicationAt(warpgroup, index);
    if (!MustEnd(warpgroup, next.group, pending)) return false;
    const int thread = s_block->running % WarpgroupSize;
    share = {next.operands, next.registers[thread], next.digests[thread]};
    return true;
}

// Operands must not change before the multiplications that read them are complete.
DEVICE void CheckOperands(int pending, CallSite site)
{
    OwnShare share;
    for (int index = 0; NextShare(index, pending, share); index++) {
        UInt64 digest = 0;
        const auto take = [&](UInt16 bits) { digest = Digest(digest, bits); };
        ForShare(share.operands, share.registers, site, take, take);
        if (digest != share.digest) Fail(*s_block, site, "comes after a write over what the multiplications read");
    }
}

FIBER __attribute__((noinline)) bool HasUnfencedCopies()
{
    return s_block->hasUnfenced || s_block->threads[s_block->running].hasUnfenced;
}

}  // namespace Fibers

#define GK_CALLER const char *file = __builtin_FILE(), int line = __builtin_LINE()

template <typename Element, int Columns> struct Wgmma {
    static_assert(sizeof(Element) == 2 && Columns % 8 == 0 && Columns <= Fibers::MaximumColumns);

    template <bool IsXMnMajor, bool IsWMnMajor, bool Adds = true>
    static MEMBER void Multiply(FragmentSum (&sums)[Columns / 8], UInt64 x, UInt64 w, GK_CALLER)
    {
        const Fibers::CallSite site = {"multiplication of a warpgroup", file, line};
        RequireKnown(x, site);
        Multiply(sums, Adds, nullptr, {x, w, Columns, IsXMnMajor, IsWMnMajor, false}, site);
    }

    template <bool IsWMnMajor, bool Adds = true>
    static MEMBER void Multiply(FragmentSum (&sums)[Columns / 8], const FragmentX& x, UInt64 w, GK_CALLER)
    {
        Multiply(
            sums, Adds, x.bits, {0, w, Columns, false, IsWMnMajor, true},
            {"multiplication of a warpgroup", file, line});
    }

private:
    static MEMBER void RequireKnown(UInt64 descriptor, Fibers::CallSite site)
    {
        if (descriptor >> 46 == 1 << 16) return;
        Fibers::Fail(*Fibers::s_block, site, "has a descriptor of another kind than the simt device knows");
    }

    static MEMBER void Multiply(
        FragmentSum (&sums)[Columns / 8], bool adds, const unsigned* registers, Fibers::Operands operands,
        Fibers::CallSite site)
    {
        if (Fibers::HasUnfencedCopies()) {
            Fibers::Fail(*Fibers::s_block, site, "has no fence between the proxies after copies");
        }
        RequireKnown(operands.w, site);

        Fibers::WarpgroupArguments own = {sums[0].values, adds, registers, site, operands};
        int xCount = 0, wCount = 0;
        Fibers::ForShare(
            operands, registers, site,
            [&](UInt16 bits) { own.digest = Fibers::Digest(own.digest, own.x[xCount++] = bits); },
            [&](UInt16 bits) { own.digest = Fibers::Digest(own.digest, own.w[wCount++] = bits); });
        Fibers::DoTogetherInWarpgroup(&own, &Fibers::MultiplyWarpgroup<Element, Columns>, site);
    }
};

DEVICE void WgmmaFence(GK_CALLER)
{
    Fibers::DoTogetherInWarpgroup(nullptr, &Fibers::FenceWarpgroup, {"fence of a warpgroup", file, line});
}

DEVICE void WgmmaCommit(GK_CALLER)
{
    Fibers::DoTogetherInWarpgroup(nullptr, &Fibers::CommitWarpgroup, {"commit of a warpgroup", file, line});
}

template <int Pending> DEVICE void WgmmaWait(GK_CALLER)
{
    const Fibers::CallSite site = {"wait of a warpgroup", file, line};
    Fibers::CheckOperands(Pending, site);
    Fibers::DoTogetherInWarpgroup(nullptr, &Fibers::FinishWarpgroup<Pending>, site);
}

template <int Fragments> DEVICE void WgmmaPin(FragmentSum (&)[Fragments]) {}

template <int Rows, int Fragments> DEVICE void WgmmaFinish(FragmentSum (&)[Rows][Fragments], GK_CALLER)
{
    WgmmaWait<0>(file, line);
}

DEVICE void ProxyFence() { Fibers::s_block->threads[Fibers::s_block->running].hasUnfenced = false; }

#undef GK_CALLER

template <int Count> DEVICE void DeallocateRegisters() {}
template <int Count> DEVICE void AllocateRegisters() {}
