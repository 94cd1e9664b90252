// FiberBlocks: the simt device's loop over blocks, on the OS thread's own stack: it prepares a block, switches to its
// first thread, and reports what went wrong when it comes back. Part of Fibers.
#pragma once

extern "C" int dl_iterate_phdr(int (*)(void*, unsigned long, void*), void*);

namespace Fibers {

// --- Errors ----------------------------------------------------------------------------------------------------------

// Blocks run on several OS threads: the first error is kept, and its first character claims the buffer.
FIBER __attribute__((noinline, format(printf, 2, 3))) int Report(const Launch& launch, const char* format, ...)
{
    char text[512];
    __builtin_va_list values;
    __builtin_va_start(values, format);
    __builtin_vsnprintf(text, sizeof text, format, values);
    __builtin_va_end(values);
    char empty = 0;
    const bool isFirst =
        __atomic_compare_exchange_n(launch.error, &empty, text[0], false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE);
    if (!isFirst) return 1;
    for (int index = 1; index < launch.errorCapacity && text[index - 1] != 0; index++) {
        launch.error[index] = index == launch.errorCapacity - 1 ? 0 : text[index];
    }

    return 1;
}

// A gate at which some threads wait: warps' gates come first and the block's last, as a narrower gate says more.
FIBER int StuckGate(const Block& block)
{
    int index = 0;
    while (index < BlockGate && block.gates[index].arrived == 0) index++;
    return index;
}

FIBER const char* NameOfGate(int index)
{
    return index == BlockGate ? "block" : index >= WarpgroupGates ? "warpgroup" : "warp";
}

FIBER bool IsWaiting(const Block& block, int thread, const CallSite& site)
{
    return block.threads[thread].state == State::Started && block.threads[thread].site == site;
}

FIBER __attribute__((noinline)) int ReportGate(const Block& block)
{
    const Launch& launch = *block.launch;
    const int index = block.failedGate >= 0 ? block.failedGate : StuckGate(block);
    const Gate& gate = block.gates[index];
    int absent = block.failedThread >= 0 ? block.failedThread : gate.first;
    while (IsWaiting(block, absent, gate.site)) absent++;
    const uint3 at = ThreadIndex(launch, absent);
    const Thread& thread = block.threads[absent];
    char whereabouts[160] = "has returned";
    if (thread.state != State::Returned) {
        const CallSite& site = thread.site;
        __builtin_snprintf(whereabouts, sizeof whereabouts, "waits at %s (%s:%d)", site.kind, site.file, site.line);
    }

    return Report(
        launch, "%s in divergent code (%s:%d): in block (%u, %u, %u) it was reached by %d of the %d threads of a %s; "
        "thread (%u, %u, %u) %s",
        gate.site.kind, gate.site.file, gate.site.line, blockIdx.x, blockIdx.y, blockIdx.z, gate.arrived, gate.count,
        NameOfGate(index), at.x, at.y, at.z, whereabouts);
}

FIBER __attribute__((noinline)) int ReportFault(const Block& block)
{
    const CallSite& site = block.threads[block.failedThread].site;
    const uint3 index = ThreadIndex(*block.launch, block.failedThread);
    return Report(
        *block.launch, "%s %s (%s:%d): thread (%u, %u, %u) of block (%u, %u, %u)", site.kind, block.fault, site.file,
        site.line, index.x, index.y, index.z, blockIdx.x, blockIdx.y, blockIdx.z);
}

// --- Shared memory ---------------------------------------------------------------------------------------------------

// As the loader's dl_phdr_info and Elf64_Phdr.
struct Segment {
    unsigned type, flags;
    unsigned long offset, address, physicalAddress, fileBytes, memoryBytes, alignment;
};
struct Module {
    unsigned long address;
    const char* name;
    const Segment* segments;
    unsigned short segmentCount;
    unsigned long long additions, removals;
    unsigned long threadLocalNumber;
    char* threadLocals;
};

// Shared arrays are thread-local variables, so they all lie in this library's thread-local storage.
FIBER int FindStaticShared(void* found, unsigned long, void* argument)
{
    constexpr unsigned ThreadLocalSegment = 7;
    const Module& module = *static_cast<Module*>(found);
    Block& block = *static_cast<Block*>(argument);
    char* own = reinterpret_cast<char*>(&s_block);
    for (int index = 0; index < module.segmentCount; index++) {
        const Segment& segment = module.segments[index];
        if (segment.type != ThreadLocalSegment || module.threadLocals == nullptr) continue;
        if (own < module.threadLocals || own >= module.threadLocals + segment.memoryBytes) continue;
        block.staticShared = module.threadLocals;
        block.staticSharedBytes = segment.memoryBytes;
        return 1;
    }

    return 0;
}

// Fills shared memory with NaN of every float type. The prelude's own variables, among the shared arrays, are kept.
FIBER __attribute__((noinline)) void PoisonShared(Block& block)
{
    const uint3 savedIndex = blockIdx, savedGrid = gridDim, savedSize = blockDim;
    void* const savedShared = dynamicShared;
    __builtin_memset(block.staticShared, 0xFF, block.staticSharedBytes);
    __builtin_memset(savedShared, 0xFF, block.launch->sharedBytes);
    // The compiler assumes that no pointer leads to these variables, unless it sees their addresses escape.
    asm volatile("" : : "r"(&blockIdx), "r"(&gridDim), "r"(&blockDim), "r"(&dynamicShared), "r"(&s_block) : "memory");
    blockIdx = savedIndex;
    gridDim = savedGrid;
    blockDim = savedSize;
    dynamicShared = savedShared;
    s_block = &block;
}

// --- Blocks ----------------------------------------------------------------------------------------------------------

// Mappings are kept between launches in the runtime's slots: a new one costs a page fault for every stack. What one OS
// thread did with a mapping happens before what the next one does.
FIBER Block* TakeMapping(const Launch& launch)
{
    for (int slot = 0; slot < launch.stackSlotCount; slot++) {
        Block* kept = static_cast<Block*>(__atomic_exchange_n(&launch.stackSlots[slot], nullptr, __ATOMIC_ACQ_REL));
        if (kept == nullptr) continue;
        Sanitizer::Acquire(kept->ends);
        return kept;
    }

    const unsigned long pageBytes = sysconf(PageSizeName);
    const unsigned long headBytes = (sizeof(Block) / pageBytes + 1) * pageBytes;
    const unsigned long strideBytes = pageBytes + (StackBytes + pageBytes - 1) / pageBytes * pageBytes;
    const unsigned long bytes = headBytes + MaximumThreads * strideBytes;
    char* address = Reserve(bytes);
    if (address == nullptr || !Commit(address, headBytes)) return nullptr;
    Block* block = reinterpret_cast<Block*>(address);
    block->mappedBytes = bytes;
    block->stacks = address + headBytes;
    block->pageBytes = pageBytes;
    block->strideBytes = strideBytes;
    return block;
}

FIBER void KeepMapping(const Launch& launch, Block* block)
{
    Sanitizer::Release(block->ends);
    for (int slot = 0; slot < launch.stackSlotCount; slot++) {
        void* empty = nullptr;
        const bool isKept = __atomic_compare_exchange_n(
            &launch.stackSlots[slot], &empty, block, false, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED);
        if (isKept) return;
    }

    munmap(block, block->mappedBytes);
}

// Called when a sanitizer ends the process: names the thread and block that were running.
FIBER void Announce()
{
    char text[128];
    const int length = __builtin_snprintf(
        text, sizeof text, "at thread (%u, %u, %u) of block (%u, %u, %u)\n", threadIdx.x, threadIdx.y, threadIdx.z,
        blockIdx.x, blockIdx.y, blockIdx.z);
    write(2, text, length);
}

FIBER void PrepareSanitizer(Block& block)
{
    Sanitizer::OnDeath(&Announce);
    block.scheduler = {};
    block.schedulerContext = Sanitizer::OwnContext();
    for (int thread = 0; thread < block.threadCount; thread++) {
        void*& context = block.threads[thread].context;
        if (context == nullptr) context = Sanitizer::NewContext(thread);
    }
}

// A gate of `size` neighbouring threads, or of as many as the block has.
FIBER Gate NewGate(const Block& block, int first, int size)
{
    const int left = block.threadCount - first;
    return left <= 0 ? Gate{} : Gate{first, left < size ? left : size};
}

FIBER void PrepareBlock(Block& block, long long number)
{
    block.random = (number + 1) * 0x9E3779B97F4A7C15ull ^ (block.launch->seed + 1) * 0xD1B54A32D192ED03ull;
    block.returnedCount = block.queueHead = block.queueCount = 0;
    block.failedGate = block.failedThread = -1;
    block.fault = nullptr;
    block.hasUnfenced = false;
    block.boxCount = block.yields = 0;
    block.freeCount = block.committedStacks;
    for (int stack = 0; stack < block.committedStacks; stack++) {
        block.freeStacks[stack] = block.committedStacks - 1 - stack;
    }

    for (int warp = 0; warp < MaximumWarps; warp++) block.gates[warp] = NewGate(block, warp * WarpSize, WarpSize);
    for (int index = 0; index < MaximumWarpgroups; index++) {
        Gate& gate = block.gates[WarpgroupGates + index];
        gate = NewGate(block, index * WarpgroupSize, WarpgroupSize);
        if (gate.count < WarpgroupSize) continue;
        Warpgroup& warpgroup = block.warpgroups[index];
        warpgroup.firstMultiplication = warpgroup.multiplicationCount = 0;
        warpgroup.isFenced = false;
        for (HiddenSums& hidden : warpgroup.hidden) hidden.columns = 0;
    }

    block.gates[BlockGate] = {0, block.threadCount};
    for (int thread = 0; thread < block.threadCount; thread++) {
        block.threads[thread].state = State::Unstarted;
        block.threads[thread].copyCount = 0;
        block.threads[thread].hasUnfenced = false;
    }

    Enqueue(block, 0, block.threadCount, false);
}

FIBER __attribute__((noinline)) int RunBlock(Block& block, long long number)
{
    const Launch& launch = *block.launch;
    blockIdx = {unsigned(number % launch.grid[0]), unsigned(number / launch.grid[0] % launch.grid[1]),
                unsigned(number / launch.grid[0] / launch.grid[1])};
    if (launch.fillShared) PoisonShared(block);
    PrepareBlock(block, number);
    Sanitizer::Release(block.begins);
    SwitchTo(block, Dequeue(block), &block.schedulerStack);
    Sanitizer::Acquire(block.ends);
    if (block.returnedCount == block.threadCount) return 0;
    return block.fault != nullptr ? ReportFault(block) : ReportGate(block);
}

FIBER __attribute__((noinline)) int RunBlocks(
    const Launch* launch, void** values, long long first, long long last, void (*entry)())
{
    const unsigned long long threads = 1ull * launch->block[0] * launch->block[1] * launch->block[2];
    if (threads < 1 || threads > MaximumThreads) {
        return Report(*launch, "a block has 1 to %d threads, this launch asks for %llu", MaximumThreads, threads);
    }

    if (launch->sharedBytes > MaximumSharedBytes) {
        return Report(
            *launch, "a block has at most %lu bytes of shared memory, this launch asks for %u", MaximumSharedBytes,
            launch->sharedBytes);
    }

    Block* block = TakeMapping(*launch);
    if (block == nullptr) return Report(*launch, "there is no room for the stacks of %llu threads", threads);
    block->launch = launch;
    block->values = values;
    block->entry = entry;
    block->threadCount = int(threads);
    s_block = block;
    dynamicShared = Sanitizer::NewShared(block->shared, launch->sharedBytes);
    gridDim = {launch->grid[0], launch->grid[1], launch->grid[2]};
    blockDim = {launch->block[0], launch->block[1], launch->block[2]};
    PrepareSanitizer(*block);
    block->staticSharedBytes = 0;  // the mapping may come from another module
    if (launch->fillShared) dl_iterate_phdr(FindStaticShared, block);

    int status = 0;
    for (long long number = first; number < last && status == 0; number++) status = RunBlock(*block, number);
    Sanitizer::FreeShared(dynamicShared);
    KeepMapping(*launch, block);
    return status;
}

}  // namespace Fibers
