// FiberSanitizer: what AddressSanitizer and ThreadSanitizer are told about fibers, in a module that is built with one
// of them (GK_SANITIZE_ADDRESS, GK_SANITIZE_THREAD); without, every function here is empty. Part of Fibers.
//
// AddressSanitizer learns which stack is in use. Shared arrays are plain static variables there, because it sets no red
// zones around thread-local ones: such a module runs on one OS thread. Dynamic shared memory is an allocation of
// exactly as many bytes as the launch asks for.
//
// ThreadSanitizer takes every thread of a block for a separate thread, and is told of CUDA's order alone: a barrier
// orders the threads that meet at it; a shuffle orders nothing, nor does the order in which fibers happen to run. So a
// missing barrier is a data race, although no two fibers ever run at the same time. The blocks of one OS thread are
// ordered, because they use the same shared memory; the runner spreads neighbouring ones over two.
#pragma once

#if defined(GK_SANITIZE_ADDRESS)
#define __shared__ __attribute__((used)) static
#else
// Shared by the fibers of an OS thread. Marked as used, because PoisonShared writes them unseen by the compiler, which
// would otherwise assume that an array no kernel writes holds zeros.
#define __shared__ __attribute__((used)) static thread_local
#endif

extern "C" {
int posix_memalign(void**, unsigned long, unsigned long) noexcept;
long write(int, const void*, unsigned long);
void __sanitizer_set_death_callback(void (*)());
void __sanitizer_start_switch_fiber(void** fakeStack, const void* bottom, unsigned long bytes);
void __sanitizer_finish_switch_fiber(void* fakeStack, const void** oldBottom, unsigned long* oldBytes);
void __asan_unpoison_memory_region(const volatile void*, unsigned long);
void* __tsan_get_current_fiber();
void* __tsan_create_fiber(unsigned flags);
void __tsan_set_fiber_name(void* fiber, const char* name);
void __tsan_switch_to_fiber(void* fiber, unsigned flags);
void __tsan_acquire(void*);
void __tsan_release(void*);
}

namespace Fibers::Sanitizer {

#if defined(GK_SANITIZE_ADDRESS) || defined(GK_SANITIZE_THREAD)
FIBER void OnDeath(void (*announce)()) { __sanitizer_set_death_callback(announce); }
#else
FIBER void OnDeath(void (*)()) {}
#endif

#if defined(GK_SANITIZE_ADDRESS)

constexpr bool HasOwnStacks = false;
struct Scheduler { const void* bottom; unsigned long bytes; };

FIBER void Select(void*) {}
FIBER void* NewContext(int) { return nullptr; }
FIBER void* OwnContext() { return nullptr; }
FIBER void Release(char&) {}
FIBER void Acquire(char&) {}

// The first call on a new stack. A block begins with a switch from the scheduler's, whose bounds are recorded here.
FIBER void Arrive(Scheduler& scheduler, void* fakeStack = nullptr)
{
    const void* bottom;
    unsigned long bytes;
    __sanitizer_finish_switch_fiber(fakeStack, &bottom, &bytes);
    if (scheduler.bottom == nullptr) scheduler = {bottom, bytes};
}

// For a thread that leaves for good, saved is null.
FIBER void Switch(Scheduler& scheduler, void** saved, void* next, const void* bottom, unsigned long bytes)
{
    void* fakeStack = nullptr;
    void* abandoned;
    __sanitizer_start_switch_fiber(saved == nullptr ? nullptr : &fakeStack, bottom, bytes);
    GkSwitchStack(saved == nullptr ? &abandoned : saved, next);
    Arrive(scheduler, fakeStack);
}

// Clears the red zones that a thread which left for good has left on its stack.
FIBER void Renew(char* bottom, unsigned long bytes) { __asan_unpoison_memory_region(bottom, bytes); }

FIBER void* NewShared(void*, unsigned long bytes)
{
    void* shared = nullptr;
    return posix_memalign(&shared, 128, bytes) == 0 ? shared : nullptr;
}

FIBER void FreeShared(void* shared) { __builtin_free(shared); }

#else

struct Scheduler { const void* bottom; unsigned long bytes; };

FIBER void Arrive(Scheduler&) {}
FIBER void Renew(char*, unsigned long) {}
FIBER void* NewShared(void* shared, unsigned long) { return shared; }
FIBER void FreeShared(void*) {}

FIBER void Switch(Scheduler&, void** saved, void* next, const void*, unsigned long)
{
    void* abandoned;
    GkSwitchStack(saved == nullptr ? &abandoned : saved, next);
}

#if defined(GK_SANITIZE_THREAD)

// Two threads that used one stack in turn would seem to race, or to be ordered.
constexpr bool HasOwnStacks = true;
constexpr unsigned WithoutOrder = 1;

FIBER void Select(void* context) { __tsan_switch_to_fiber(context, WithoutOrder); }
FIBER void* OwnContext() { return __tsan_get_current_fiber(); }
FIBER void Release(char& point) { __tsan_release(&point); }
FIBER void Acquire(char& point) { __tsan_acquire(&point); }

FIBER void* NewContext(int thread)
{
    void* context = __tsan_create_fiber(0);
    char name[32];
    __builtin_snprintf(name, sizeof name, "thread %d of a block", thread);
    __tsan_set_fiber_name(context, name);
    return context;
}

#else

constexpr bool HasOwnStacks = false;

FIBER void Select(void*) {}
FIBER void* NewContext(int) { return nullptr; }
FIBER void* OwnContext() { return nullptr; }
FIBER void Release(char&) {}
FIBER void Acquire(char&) {}

#endif
#endif

}  // namespace Fibers::Sanitizer
