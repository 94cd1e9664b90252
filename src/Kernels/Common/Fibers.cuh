// Fibers: the simt device. A block's threads are fibers of one OS thread: each runs until it waits at a barrier or a
// shuffle, then the next runs. A thread that ends without waiting leaves its stack to the next one, so that a kernel
// without barriers is a loop over threads on a single stack.
//
// Runnable threads form one queue. A gate (of the block, a warpgroup or a warp) counts the threads that have arrived at
// it and requeues all of them when the last one arrives. A queue that runs empty while threads still wait means a
// barrier that not every thread reaches: an error, which the launch reports.
#pragma once
#include "Common/FiberStack.cuh"      // FIBER
#include "Common/FiberSanitizer.cuh"  // __shared__

static thread_local uint3 threadIdx;
static thread_local uint3 blockDim;
constexpr int WarpSize = 32;
#include "Common/FiberPending.cuh"  // Copy, BoxCopy, Warpgroup

namespace Fibers {

constexpr int MaximumThreads = 1024;
constexpr int MaximumWarps = MaximumThreads / WarpSize;
constexpr int MaximumWarpgroups = MaximumThreads / WarpgroupSize;
constexpr int WarpgroupGates = MaximumWarps;  // gates before are the warps', from here on the warpgroups'
constexpr int BlockGate = WarpgroupGates + MaximumWarpgroups;
constexpr unsigned long MaximumSharedBytes = 227 << 10;  // what a block of compute capability 9.0 can have

enum class State : unsigned char { Unstarted, Started, Returned };

// A barrier or shuffle in the source.
struct CallSite {
    const char* kind;
    const char* file;
    int line;

    GK_UNCHECKED bool operator==(const CallSite& other) const { return line == other.line && kind == other.kind; }
};

struct Thread {
    void* stack;
    void* context;  // ThreadSanitizer's
    CallSite site;
    State state;
    UInt16 firstCopy;
    UInt16 copyCount;
    int copyGroup;
    bool hasUnfenced;  // whether it has waited for copies since its last proxy fence
};

struct Gate {
    int first;
    int count;
    int arrived;
    CallSite site;
    UInt8 phase;
    char orders[2];  // ThreadSanitizer's: the happens-before points of two phases in a row
};

// A block in progress, at the start of a memory mapping; the stacks follow it.
struct Block {
    unsigned long mappedBytes;  // first, because FiberStacks in the runtime reads it to unmap
    unsigned long pageBytes;
    unsigned long strideBytes;  // of a stack and the guard page before it
    char* stacks;
    int committedStacks;

    const Launch* launch;
    void** values;
    void (*entry)();
    int threadCount;
    int returnedCount;
    int running;
    int enteredStack;
    int queueHead;
    int queueCount;
    int freeCount;
    int failedGate;
    int failedThread;
    const char* fault;  // what the failed thread did wrong; null where a gate failed
    bool hasUnfenced;   // whether a barrier has shown copies to other threads without a proxy fence
    UInt64 random;
    void* schedulerStack;
    Sanitizer::Scheduler scheduler;
    void* schedulerContext;
    char begins, ends;  // ThreadSanitizer's: the order between the scheduler and the threads of a block
    char* staticShared;
    unsigned long staticSharedBytes;

    UInt16 queue[MaximumThreads];
    UInt16 freeStacks[MaximumThreads];
    Gate gates[BlockGate + 1];
    unsigned slots[MaximumWarps][2][WarpSize];
    void* arguments[MaximumThreads];
    Thread threads[MaximumThreads];
    Warpgroup warpgroups[MaximumWarpgroups];
    Copy copies[MaximumThreads][MaximumCopies];
    int boxCount;
    int yields;  // since a phase of a TransactionBarrier last ended
    BoxCopy boxes[MaximumBoxes];
    alignas(128) char shared[MaximumSharedBytes];
};

static thread_local Block* s_block;

// --- The queue -------------------------------------------------------------------------------------------------------

FIBER unsigned Random(Block& block)
{
    block.random ^= block.random << 13;
    block.random ^= block.random >> 7;
    block.random ^= block.random << 17;
    return unsigned(block.random >> 32);
}

// Queues neighbouring threads in the launch's order. A warp or warpgroup goes to the front: it runs on before another
// starts, so that few stacks are alive. In random order, whether it does is drawn too.
FIBER void Enqueue(Block& block, int first, int count, bool inFront)
{
    const unsigned order = block.launch->threadOrder;
    if (order == 2 && inFront) inFront = Random(block) & 1;
    if (inFront) block.queueHead -= count;
    const int start = inFront ? block.queueHead : block.queueHead + block.queueCount;
    block.queueCount += count;
    for (int index = 0; index < count; index++) {
        block.queue[(start + index) % unsigned(MaximumThreads)] = first + (order == 1 ? count - 1 - index : index);
    }

    for (int last = count - 1; order == 2 && last > 0; last--) {
        UInt16& one = block.queue[(start + last) % unsigned(MaximumThreads)];
        UInt16& other = block.queue[(start + Random(block) % (last + 1)) % unsigned(MaximumThreads)];
        const UInt16 kept = one;
        one = other;
        other = kept;
    }
}

FIBER int Dequeue(Block& block)
{
    const int thread = block.queue[block.queueHead % unsigned(MaximumThreads)];
    block.queueHead++;
    block.queueCount--;
    return thread;
}

// --- Switching -------------------------------------------------------------------------------------------------------

FIBER uint3 ThreadIndex(const Launch& launch, unsigned thread)
{
    const unsigned width = launch.block[0];
    if (thread < width) return {thread, 0, 0};
    return {thread % width, thread / width % launch.block[1], thread / width / launch.block[1]};
}

FIBER void SetRunning(Block& block, int thread)
{
    block.running = thread;
    threadIdx = ThreadIndex(*block.launch, thread);
    Sanitizer::Select(block.threads[thread].context);
}

// Stacks start at different offsets, or their busy ends would all compete for the same few cache lines.
FIBER char* StackTop(const Block& block, int stack)
{
    return block.stacks + (stack + 1) * block.strideBytes - (stack % 16) * 256;
}

FIBER char* StackBottom(const Block& block, int stack)
{
    return block.stacks + stack * block.strideBytes + block.pageBytes;
}

// A stack that no thread uses. The guard page before it stays inaccessible, so that an overflow faults at once; where
// the system allows no more mappings, the guard is given up.
FIBER int TakeStack(Block& block, int thread)
{
    if (Sanitizer::HasOwnStacks && thread < block.committedStacks) return thread;
    if (!Sanitizer::HasOwnStacks && block.freeCount > 0) return block.freeStacks[--block.freeCount];
    do {
        char* guard = block.stacks + block.committedStacks++ * block.strideBytes;
        if (!Commit(guard + block.pageBytes, block.strideBytes - block.pageBytes)) Commit(guard, block.strideBytes);
    } while (Sanitizer::HasOwnStacks && block.committedStacks <= thread);
    return block.committedStacks - 1;
}

FIBER void SwitchTo(Block& block, int thread, void** saved)
{
    void* stack = block.threads[thread].stack;
    if (block.threads[thread].state == State::Unstarted) {
        block.enteredStack = TakeStack(block, thread);
        Sanitizer::Renew(StackBottom(block, block.enteredStack), block.strideBytes - block.pageBytes);
        stack = NewStack(StackTop(block, block.enteredStack), block.entry);
        block.threads[thread].state = State::Started;
    }

    const int number = int((static_cast<char*>(stack) - block.stacks) / block.strideBytes);
    SetRunning(block, thread);
    Sanitizer::Switch(
        block.scheduler, saved, stack, StackBottom(block, number), block.strideBytes - block.pageBytes);
}

[[noreturn]] FIBER void LeaveBlock(Block& block)
{
    Sanitizer::Select(block.schedulerContext);
    Sanitizer::Switch(block.scheduler, nullptr, block.schedulerStack, block.scheduler.bottom, block.scheduler.bytes);
    __builtin_unreachable();
}

// Ends the running thread. Returns only for a next thread that has not started, which then runs on the same stack.
FIBER __attribute__((noinline)) void NextThread(Block& block, int stack)
{
    Sanitizer::Release(block.ends);
    block.threads[block.running].state = State::Returned;
    block.returnedCount++;
    if (block.queueCount == 0) LeaveBlock(block);
    const int next = Dequeue(block);
    if (!Sanitizer::HasOwnStacks && block.threads[next].state == State::Unstarted) {
        block.threads[next].state = State::Started;
        SetRunning(block, next);
        return;
    }

    if (!Sanitizer::HasOwnStacks) block.freeStacks[block.freeCount++] = stack;
    SwitchTo(block, next, nullptr);
}

// Not inlined: sanitizers instrument the kernel but not the fibers, and ThreadSanitizer keeps a call stack per thread.
template <auto kernel> static __attribute__((noinline)) void RunThread(void** values) { Call<kernel>(kernel, values); }

// The first function on every stack.
template <auto kernel> FIBER void RunThreads()
{
    Block& block = *s_block;
    const int stack = block.enteredStack;
    Sanitizer::Arrive(block.scheduler);
    while (true) {
        Sanitizer::Acquire(block.begins);
        RunThread<kernel>(block.values);
        NextThread(block, stack);
    }
}

// --- Waiting ---------------------------------------------------------------------------------------------------------

// Returns when every thread of the gate has arrived. A barrier orders what the threads do before and after it.
FIBER __attribute__((noinline)) void Wait(Block& block, int index, CallSite site, bool isBarrier)
{
    Gate& gate = block.gates[index];
    Thread& self = block.threads[block.running];
    self.site = site;
    if (gate.arrived == 0) gate.site = site;
    if (!(gate.site == site)) {
        block.failedGate = index;
        block.failedThread = block.running;
        LeaveBlock(block);
    }

    // A thread that runs ahead to the next barrier must not be ordered before one that has yet to leave this.
    char& order = gate.orders[gate.phase];
    if (isBarrier) Sanitizer::Release(order);
    if (isBarrier) block.hasUnfenced |= self.hasUnfenced;
    if (++gate.arrived == gate.count) {
        gate.arrived = 0;
        gate.phase ^= 1;
        Enqueue(block, gate.first, gate.count, index != BlockGate);
    }

    if (block.queueCount == 0) LeaveBlock(block);
    const int next = Dequeue(block);
    if (next != block.running) SwitchTo(block, next, &self.stack);
    if (isBarrier) Sanitizer::Acquire(order);
}

// The value passed by another lane of the warp. Two shuffles in a row use different slots, so that a lane that runs
// ahead to the second cannot overwrite what a slower one has yet to read of the first.
FIBER __attribute__((noinline)) unsigned Exchange(unsigned value, int source, bool isMask, CallSite site)
{
    Block& block = *s_block;
    const int warp = block.running / WarpSize;
    const int lane = block.running % WarpSize;
    unsigned* slots = block.slots[warp][block.gates[warp].phase];
    slots[lane] = value;
    Wait(block, warp, site, false);
    const int sourceLane = (isMask ? lane ^ source : source) % unsigned(WarpSize);
    // A lane that the last warp of a block does not have passes a NaN; on a GPU its value is undefined.
    return sourceLane < block.gates[warp].count ? slots[sourceLane] : 0xFFFFFFFFu;
}

// Ends the launch with an error of the running thread.
[[noreturn]] FIBER __attribute__((noinline)) void Fail(Block& block, CallSite site, const char* fault)
{
    block.fault = fault;
    block.failedThread = block.running;
    block.threads[block.running].site = site;
    LeaveBlock(block);
}

// Ends the launch if an address that must be of global memory lies in the block's dynamic shared memory.
FIBER __attribute__((noinline)) void RequireGlobal(
    const void* address, const char* kind, const char* file = __builtin_FILE(), int line = __builtin_LINE())
{
    const char* shared = static_cast<char*>(dynamicShared);
    const char* at = static_cast<const char*>(address);
    if (at >= shared && at < shared + s_block->launch->sharedBytes) {
        Fail(*s_block, {kind, file, line}, "is for global memory and meets shared memory");
    }
}

// A collective operation of a gate's threads: the last to arrive performs it for all, on what each passes. It orders no
// memory accesses.
using GateFunction = void (*)(void* const* arguments);
FIBER __attribute__((noinline)) void DoTogether(
    Block& block, int index, int size, void* own, GateFunction function, CallSite site)
{
    const Gate& gate = block.gates[index];
    if (gate.count != size) Fail(block, site, size == WarpSize ? "needs a whole warp" : "needs a whole warpgroup");
    block.arguments[block.running] = own;
    if (gate.arrived + 1 == size && gate.site == site) function(block.arguments + gate.first);
    Wait(block, index, site, false);
}

FIBER void DoTogether(void* own, GateFunction function, CallSite site)
{
    DoTogether(*s_block, s_block->running / WarpSize, WarpSize, own, function, site);
}

}  // namespace Fibers

#include "Common/FiberBlocks.cuh"

// The defaults name the line of the caller, for messages and to tell barriers apart.
#define GK_CALLER const char *file = __builtin_FILE(), int line = __builtin_LINE()

DEVICE void __syncthreads(GK_CALLER)
{
    Fibers::Wait(*Fibers::s_block, Fibers::BlockGate, {"__syncthreads", file, line}, true);
}

DEVICE void WarpBarrier(GK_CALLER)
{
    Fibers::Wait(*Fibers::s_block, Fibers::s_block->running / WarpSize, {"WarpBarrier", file, line}, true);
}

DEVICE unsigned ShuffleXorBits(unsigned value, int mask, GK_CALLER)
{
    return Fibers::Exchange(value, mask, true, {"shuffle", file, line});
}

DEVICE unsigned ShuffleBits(unsigned value, int lane, GK_CALLER)
{
    return Fibers::Exchange(value, lane, false, {"shuffle", file, line});
}

DEVICE unsigned BallotBits(bool value, GK_CALLER)
{
    unsigned bits = unsigned(value) << threadIdx.x % WarpSize;
    for (int mask = 1; mask < WarpSize; mask *= 2) {
        bits |= Fibers::Exchange(bits, mask, true, {"ballot", file, line});
    }
    return bits;
}

#undef GK_CALLER

template <auto kernel> DEVICE int RunBlocks(const Launch* launch, void** values, long long first, long long last)
{
    return Fibers::RunBlocks(launch, values, first, last, &Fibers::RunThreads<kernel>);
}
