// Fibers: the simt device. A block's threads are fibers of one OS thread: each runs until it waits at a barrier or a
// shuffle, then the next goes on. A thread that ends without waiting leaves its stack to the next one, so that a
// kernel without barriers is a loop over threads on a single stack.
//
// Every thread that can run stands in one queue. A gate (of the block, or of a warp) counts the threads that have
// come to it and puts them all back into the queue when the last one is there. A queue that runs empty while threads
// still wait is a barrier that not every thread reaches: an error, which the launch reports.
#pragma once
#include "Common/FiberStack.cuh"

// Shared by the fibers of an OS thread. Marked as used, because PoisonShared writes them unseen by the compiler, which
// would else take an array that no kernel writes for zeros.
#define __shared__ __attribute__((used)) static thread_local

static thread_local uint3 threadIdx;
static thread_local uint3 blockDim;
constexpr int WarpSize = 32;

namespace Fibers {

constexpr int MaximumThreads = 1024;
constexpr int MaximumWarps = MaximumThreads / WarpSize;
constexpr int BlockGate = MaximumWarps;  // gates 0 to MaximumWarps - 1 are the warps'
constexpr unsigned long MaximumSharedBytes = 227 << 10;  // what a block of compute capability 9.0 can have

enum class State : unsigned char { Unstarted, Started, Returned };

// A barrier or shuffle in the source.
struct Place {
    const char* kind;
    const char* file;
    int line;

    bool operator==(const Place& other) const { return line == other.line && kind == other.kind; }
};

struct Thread {
    void* stack;
    Place place;
    State state;
};

struct Gate {
    int first;
    int count;
    int arrived;
    Place place;
};

// A block in progress, at the start of a mapping that the stacks follow in.
struct Block {
    unsigned long mappedBytes;  // first, because FiberStacks in the runtime reads it to unmap
    unsigned long pageBytes;
    unsigned long strideBytes;  // of a stack and the page before it that guards it
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
    UInt64 random;
    void* schedulerStack;
    char* staticShared;
    unsigned long staticSharedBytes;

    UInt16 queue[MaximumThreads];
    UInt16 freeStacks[MaximumThreads];
    UInt8 parity[MaximumWarps];
    Gate gates[MaximumWarps + 1];
    unsigned slots[MaximumWarps][2][WarpSize];
    Thread threads[MaximumThreads];
    alignas(128) char shared[MaximumSharedBytes];
};

static thread_local Block* s_block;

// --- The queue -------------------------------------------------------------------------------------------------------

inline unsigned Random(Block& block)
{
    block.random ^= block.random << 13;
    block.random ^= block.random >> 7;
    block.random ^= block.random << 17;
    return unsigned(block.random >> 32);
}

// Queues neighbouring threads in the launch's order. A warp goes to the front: it runs on before another warp starts,
// so that few stacks are alive. In random order that too is drawn.
inline void Enqueue(Block& block, int first, int count, bool inFront)
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

inline int Dequeue(Block& block)
{
    const int thread = block.queue[block.queueHead % unsigned(MaximumThreads)];
    block.queueHead++;
    block.queueCount--;
    return thread;
}

// --- Switching -------------------------------------------------------------------------------------------------------

inline uint3 ThreadIndex(const Launch& launch, unsigned thread)
{
    const unsigned width = launch.block[0];
    if (thread < width) return {thread, 0, 0};
    return {thread % width, thread / width % launch.block[1], thread / width / launch.block[1]};
}

inline void SetRunning(Block& block, int thread)
{
    block.running = thread;
    threadIdx = ThreadIndex(*block.launch, thread);
}

// Stacks start at different offsets, or their busy ends would all compete for the same few lines of the cache.
inline char* StackTop(const Block& block, int stack)
{
    return block.stacks + (stack + 1) * block.strideBytes - (stack % 16) * 256;
}

// A stack that no thread uses. The page before it stays without access, so that an overflow stops at once; where the
// system has no room for so many mappings, it is given up.
inline int TakeStack(Block& block)
{
    if (block.freeCount > 0) return block.freeStacks[--block.freeCount];
    const int stack = block.committedStacks++;
    char* guard = block.stacks + stack * block.strideBytes;
    if (!Commit(guard + block.pageBytes, block.strideBytes - block.pageBytes)) Commit(guard, block.strideBytes);
    return stack;
}

inline void SwitchTo(Block& block, int thread, void** saved)
{
    void* stack = block.threads[thread].stack;
    if (block.threads[thread].state == State::Unstarted) {
        block.enteredStack = TakeStack(block);
        stack = NewStack(StackTop(block, block.enteredStack), block.entry);
        block.threads[thread].state = State::Started;
    }

    SetRunning(block, thread);
    GkSwitchStack(saved, stack);
}

[[noreturn]] inline void LeaveBlock(Block& block)
{
    void* abandoned;
    GkSwitchStack(&abandoned, block.schedulerStack);
    __builtin_unreachable();
}

// Ends the running thread. It returns for a thread that has not started, which then runs on the same stack.
static __attribute__((noinline)) void NextThread(Block& block, int stack)
{
    block.threads[block.running].state = State::Returned;
    block.returnedCount++;
    if (block.queueCount == 0) LeaveBlock(block);
    const int next = Dequeue(block);
    if (block.threads[next].state == State::Unstarted) {
        block.threads[next].state = State::Started;
        SetRunning(block, next);
        return;
    }

    block.freeStacks[block.freeCount++] = stack;
    void* abandoned;
    SwitchTo(block, next, &abandoned);
}

// The first function on every stack.
template <auto kernel> void RunThreads()
{
    Block& block = *s_block;
    const int stack = block.enteredStack;
    while (true) {
        Call<kernel>(kernel, block.values);
        NextThread(block, stack);
    }
}

// --- Waiting ---------------------------------------------------------------------------------------------------------

// Returns when every thread of the gate has come to it.
static __attribute__((noinline)) void Wait(Block& block, int index, Place place)
{
    Gate& gate = block.gates[index];
    Thread& self = block.threads[block.running];
    self.place = place;
    if (gate.arrived == 0) gate.place = place;
    if (!(gate.place == place)) {
        block.failedGate = index;
        block.failedThread = block.running;
        LeaveBlock(block);
    }

    if (++gate.arrived == gate.count) {
        gate.arrived = 0;
        if (index != BlockGate) block.parity[index] ^= 1;
        Enqueue(block, gate.first, gate.count, index != BlockGate);
    }

    if (block.queueCount == 0) LeaveBlock(block);
    const int next = Dequeue(block);
    if (next != block.running) SwitchTo(block, next, &self.stack);
}

// The value that another lane of the warp brings. Two shuffles in a row use different slots, so that a lane that runs
// ahead to the second cannot overwrite what a slower one has yet to read of the first.
static __attribute__((noinline)) unsigned Exchange(unsigned value, int source, bool isMask, Place place)
{
    Block& block = *s_block;
    const int warp = block.running / WarpSize;
    const int lane = block.running % WarpSize;
    unsigned* slots = block.slots[warp][block.parity[warp]];
    slots[lane] = value;
    Wait(block, warp, place);
    const int sourceLane = (isMask ? lane ^ source : source) % unsigned(WarpSize);
    // A lane that the last warp of a block does not have gives a NaN; on a GPU its value is undefined.
    return sourceLane < block.gates[warp].count ? slots[sourceLane] : 0xFFFFFFFFu;
}

}  // namespace Fibers

#include "Common/FiberBlocks.cuh"

// The defaults name the line of the caller, for messages and to tell barriers apart.
#define GK_CALLER const char *file = __builtin_FILE(), int line = __builtin_LINE()

DEVICE void __syncthreads(GK_CALLER)
{
    Fibers::Wait(*Fibers::s_block, Fibers::BlockGate, {"__syncthreads", file, line});
}

DEVICE void WarpBarrier(GK_CALLER)
{
    Fibers::Wait(*Fibers::s_block, Fibers::s_block->running / WarpSize, {"WarpBarrier", file, line});
}

DEVICE unsigned ShuffleXorBits(unsigned value, int mask, GK_CALLER)
{
    return Fibers::Exchange(value, mask, true, {"shuffle", file, line});
}

DEVICE unsigned ShuffleBits(unsigned value, int lane, GK_CALLER)
{
    return Fibers::Exchange(value, lane, false, {"shuffle", file, line});
}

#undef GK_CALLER

template <auto kernel> DEVICE int RunBlocks(const Launch* launch, void** values, long long first, long long last)
{
    return Fibers::RunBlocks(launch, values, first, last, &Fibers::RunThreads<kernel>);
}
