// FiberTma: the wrappers of Tma.cuh on the simt device. A copy is made when its barrier is first waited for; until then
// its target is filled with NaN, so that a missing wait and a target that is still read both show. A wait for what
// never comes, arrivals beyond those of a phase, and bytes that nobody expects end the launch. Part of Tma.
#pragma once

// A tensor map from the launcher; SimulatedTensorMap in the runtime has the same layout. The innermost axis is first.
struct alignas(64) TensorMap {
    const char* start;
    Int64 strides[4];  // in bytes, of axes 1 to 4
    int sizes[5];
    int box[5];               // in elements; im2col: channels and outputs
    int lowerCorner[3];       // im2col: where the first output begins along columns, rows, frames
    int upperCorner[3];       // likewise the last, before the last pixel
    UInt8 elementStrides[3];  // from output to output
    UInt8 isIm2col;
};
static_assert(sizeof(TensorMap) == 128);

#define TENSOR_MAP const TensorMap

// The phases that have ended, the arrivals of each, and what the current one still lacks.
struct TransactionBarrier {
    UInt16 ended;
    UInt8 arrivals, missingArrivals;
    int missingBytes;
};
static_assert(sizeof(TransactionBarrier) == 8);

using BarrierAddress = TransactionBarrier*;

namespace Fibers {

constexpr int RowBytes = 128;

FIBER int RowsOfBox(const TensorMap& map)
{
    if (map.isIm2col) return map.box[1];
    int rows = 1;
    for (int axis = 1; axis < 5; axis++) rows *= map.box[axis];
    return rows;
}

// Copies the row of a box that begins at given coordinates; zeros where it is outside of the tensor.
DEVICE void CopyRow(const TensorMap& map, const int (&at)[5], char* to, unsigned address)
{
    bool isInside = true;
    const char* from = map.start;
    for (int axis = 1; axis < 5; axis++) {
        isInside &= unsigned(at[axis]) < unsigned(map.sizes[axis]);
        from += at[axis] * map.strides[axis - 1];
    }
    for (int byte = 0; byte < RowBytes; byte++) {
        const int element = at[0] + byte / 2;
        const bool exists = isInside && unsigned(element) < unsigned(map.sizes[0]);
        to[Swizzled(address + byte) - address] = exists ? from[Int64(at[0]) * 2 + byte] : 0;
    }
}

// Moves from the pixel of one output to that of the next.
FIBER void NextPixel(const TensorMap& map, int (&at)[5])
{
    for (int axis = 0; axis < 3; axis++) {
        at[axis + 1] += map.elementStrides[axis];
        if (at[axis + 1] <= map.sizes[axis + 1] - 1 + map.upperCorner[axis]) return;
        at[axis + 1] = map.lowerCorner[axis];
    }
    at[4]++;
}

DEVICE void MakeCopy(const BoxCopy& copy)
{
    if (copy.map == nullptr) {
        __builtin_memcpy(copy.to, copy.from, copy.bytes);
        return;
    }

    const TensorMap& map = *static_cast<const TensorMap*>(copy.map);
    int at[5];
    for (int axis = 0; axis < 5; axis++) at[axis] = copy.at[axis];
    const unsigned address = SharedAddress(copy.to);
    const int rows = RowsOfBox(map);
    for (int row = 0; row < rows; row++) {
        int first[5];
        for (int axis = 0; axis < 5; axis++) first[axis] = at[axis];
        int rest = row;
        for (int axis = 1; axis < 5; axis++) {
            if (map.isIm2col) {
                if (axis < 4) first[axis] += copy.tap[axis - 1];
            } else {
                first[axis] += rest % map.box[axis];
                rest /= map.box[axis];
            }
        }
        CopyRow(map, first, copy.to + row * RowBytes, address + row * RowBytes);
        if (map.isIm2col) NextPixel(map, at);
    }
}

// Keeps a copy until its barrier is waited for.
FIBER __attribute__((noinline)) BoxCopy& Remember(Block& block, const BoxCopy& copy, CallSite site)
{
    if (block.boxCount == MaximumBoxes) Fail(block, site, "is one of more pending ones than the simt device keeps");
    return block.boxes[block.boxCount++] = copy;
}

FIBER __attribute__((noinline)) void RememberBox(
    Block& block, char* to, const TensorMap& map, const void* barrier, const BoxCoordinates& first, TapOffsets tap,
    CallSite site)
{
    if (map.box[0] * 2 != RowBytes) Fail(block, site, "is not of rows of 128 bytes");
    BoxCopy& kept = Remember(block, {to, &map, barrier, nullptr, RowsOfBox(map) * RowBytes}, site);
    for (int axis = 0; axis < 5; axis++) kept.at[axis] = first.at[axis];
    kept.tap[0] = tap.w;
    kept.tap[1] = tap.h;
    kept.tap[2] = tap.t;
}

// The bytes in flight to a barrier.
FIBER int BytesComing(const Block& block, const void* barrier)
{
    int bytes = 0;
    for (int index = 0; index < block.boxCount; index++) {
        if (block.boxes[index].barrier == barrier) bytes += block.boxes[index].bytes;
    }
    return bytes;
}

// Removes one copy to a barrier from those that are kept.
FIBER bool TakeBox(Block& block, const void* barrier, BoxCopy& copy)
{
    for (int index = 0; index < block.boxCount; index++) {
        if (block.boxes[index].barrier != barrier) continue;
        copy = block.boxes[index];
        block.boxes[index] = block.boxes[--block.boxCount];
        return true;
    }
    return false;
}

// A barrier's contents are not the kernel's memory: sanitizers do not see how these functions access them.
FIBER __attribute__((noinline)) bool HasEnded(const TransactionBarrier& barrier, int parity)
{
    return barrier.ended % 2 != parity;
}

FIBER __attribute__((noinline)) bool IsComing(const Block& block, const TransactionBarrier& barrier)
{
    return barrier.missingArrivals == 0 && BytesComing(block, &barrier) >= barrier.missingBytes;
}

FIBER __attribute__((noinline)) void End(Block& block, TransactionBarrier& barrier, int bytes, CallSite site)
{
    if (bytes != barrier.missingBytes) Fail(block, site, "is for fewer bytes than come");
    barrier.missingArrivals = barrier.arrivals;
    barrier.missingBytes = 0;
    barrier.ended++;
    block.yields = 0;
}

FIBER __attribute__((noinline)) void Prepare(TransactionBarrier& barrier, int arrivals)
{
    barrier = {0, UInt8(arrivals), UInt8(arrivals), 0};
}

FIBER __attribute__((noinline)) void Arrive(Block& block, TransactionBarrier& barrier, int bytes, CallSite site)
{
    if (barrier.missingArrivals == 0) Fail(block, site, "is one too many for a phase");
    barrier.missingArrivals--;
    barrier.missingBytes += bytes;
    if (barrier.missingArrivals == 0 && barrier.missingBytes == 0) End(block, barrier, 0, site);
}

// Lets other threads run, one of which must do what the running thread waits for.
FIBER __attribute__((noinline)) void Yield(Block& block, CallSite site)
{
    constexpr int MostYields = 1 << 20;
    if (block.queueCount == 0 || ++block.yields == MostYields) Fail(block, site, "is for what never comes");
    Enqueue(block, block.running, 1, false);
    Thread& self = block.threads[block.running];
    self.site = site;
    const int next = Dequeue(block);
    if (next != block.running) SwitchTo(block, next, &self.stack);
}

DEVICE void BeginBox(
    void* to, const TensorMap& map, TransactionBarrier* barrier, const BoxCoordinates& first, TapOffsets tap,
    CallSite site)
{
    if (SharedAddress(to) % AtomBytes != 0) Fail(*s_block, site, "needs a target at a multiple of 1024");
    __builtin_memset(to, 0xFF, RowsOfBox(map) * RowBytes);
    Sanitizer::Release(*reinterpret_cast<char*>(barrier));
    RememberBox(*s_block, static_cast<char*>(to), map, barrier, first, tap, site);
}

DEVICE void BeginBytes(void* to, const void* from, int bytes, TransactionBarrier* barrier, CallSite site)
{
    const UInt64 all = UInt64(to) | UInt64(from) | UInt64(bytes);
    if (all % 16 != 0) Fail(*s_block, site, "needs addresses and a length that 16 divides");
    __builtin_memset(to, 0xFF, bytes);
    Sanitizer::Release(*reinterpret_cast<char*>(barrier));
    Remember(*s_block, {static_cast<char*>(to), nullptr, barrier, static_cast<const char*>(from), bytes}, site);
}

}  // namespace Fibers

#define GK_CALLER const char *file = __builtin_FILE(), int line = __builtin_LINE()

DEVICE void PrepareBarrier(BarrierAddress barrier, int arrivals = 1) { Fibers::Prepare(*barrier, arrivals); }

DEVICE void ArriveAndExpect(BarrierAddress barrier, int bytes, GK_CALLER)
{
    Fibers::Sanitizer::Release(*reinterpret_cast<char*>(barrier));
    Fibers::Arrive(*Fibers::s_block, *barrier, bytes, {"expectation of bytes", file, line});
}

DEVICE void Arrive(BarrierAddress barrier, GK_CALLER)
{
    Fibers::Sanitizer::Release(*reinterpret_cast<char*>(barrier));
    Fibers::Arrive(*Fibers::s_block, *barrier, 0, {"arrival", file, line});
}

DEVICE void WaitForPhase(BarrierAddress barrier, int parity, GK_CALLER)
{
    const Fibers::CallSite site = {"wait for a phase", file, line};
    Fibers::Block& block = *Fibers::s_block;
    char& order = *reinterpret_cast<char*>(barrier);
    while (!Fibers::HasEnded(*barrier, parity)) {
        if (!Fibers::IsComing(block, *barrier)) {
            Fibers::Yield(block, site);
            continue;
        }

        Fibers::Sanitizer::Acquire(order);
        Fibers::BoxCopy copy;
        int bytes = 0;
        while (Fibers::TakeBox(block, barrier, copy)) {
            Fibers::MakeCopy(copy);
            bytes += copy.bytes;
        }
        Fibers::End(block, *barrier, bytes, site);
        Fibers::Sanitizer::Release(order);
    }
    Fibers::Sanitizer::Acquire(order);
}

template <int Axes = 3>
DEVICE void CopyBox(void* to, const TensorMap& map, BarrierAddress barrier, const BoxCoordinates& first, GK_CALLER)
{
    Fibers::BeginBox(to, map, barrier, first, {}, {"copy of a box", file, line});
}

DEVICE void CopyPixels(
    void* to, const TensorMap& map, BarrierAddress barrier, const BoxCoordinates& first, TapOffsets tap, GK_CALLER)
{
    Fibers::BeginBox(to, map, barrier, first, tap, {"copy of pixels", file, line});
}

DEVICE void CopyBytes(void* to, const void* from, int bytes, BarrierAddress barrier, GK_CALLER)
{
    Fibers::BeginBytes(to, from, bytes, barrier, {"copy of bytes", file, line});
}

#undef GK_CALLER
