// HostThreads: the CPU's half of the prelude. A launch is a loop over blocks inside one function, the trampoline, into
// which the kernel is inlined; on the host device a block is one thread, so that what remains is a plain loop.
#pragma once

struct uint3 { unsigned x, y, z; };

// A launch as the runtime passes it to a trampoline; NativeLaunch in the runtime has the same layout.
struct Launch {
    unsigned grid[3];
    unsigned block[3];
    unsigned sharedBytes;
    unsigned threadOrder;
    unsigned seed;
    unsigned fillShared;
    char* error;
    int errorCapacity;
    int stackSlotCount;
    void** stackSlots;
};

#define __device__
#define __global__
#define __forceinline__ inline __attribute__((always_inline))
#define KERNEL static __forceinline__ void
#define KERNEL_OF(...) KERNEL
#define DEVICE static __forceinline__
#define GK_VISIBLE extern "C" __attribute__((visibility("default")))

static thread_local uint3 blockIdx;
static thread_local uint3 gridDim;
static thread_local void* dynamicShared;

// Declares a typed pointer to the block's dynamic shared memory, whose size the launch sets.
#define DYNAMIC_SHARED(type, name) type* const name = static_cast<type*>(dynamicShared)

template <typename... Parameters> struct ParameterSizes {
    int count = sizeof...(Parameters);
    int sizes[sizeof...(Parameters)] = {int(sizeof(Parameters))...};
};

template <typename... Parameters> constexpr ParameterSizes<Parameters...> SizesOf(void (*)(Parameters...))
{
    return {};
}

template <int... Indices> struct IndexList {};
template <int Count, int... Indices> struct MakeIndexList : MakeIndexList<Count - 1, Count - 1, Indices...> {};
template <int... Indices> struct MakeIndexList<0, Indices...> { using Type = IndexList<Indices...>; };

// Calls a kernel with the values that an array of addresses points to.
template <auto kernel, typename... Parameters, int... Indices>
DEVICE void Call(void (*)(Parameters...), void** values, IndexList<Indices...>)
{
    kernel(*static_cast<Parameters*>(values[Indices])...);
}

template <auto kernel, typename... Parameters> DEVICE void Call(void (*function)(Parameters...), void** values)
{
    Call<kernel>(function, values, typename MakeIndexList<sizeof...(Parameters)>::Type{});
}

#if defined(GK_HOST)

constexpr uint3 threadIdx = {0, 0, 0};
constexpr uint3 blockDim = {1, 1, 1};
constexpr int WarpSize = 1;

// A block of one thread needs no memory that outlives the call, and nothing to wait for.
#define __shared__
DEVICE void __syncthreads() {}
DEVICE void WarpBarrier() {}
DEVICE unsigned ShuffleXorBits(unsigned value, int) { return value; }
DEVICE unsigned ShuffleBits(unsigned value, int) { return value; }
DEVICE unsigned BallotBits(bool value) { return value; }

template <auto kernel> DEVICE int RunBlocks(const Launch* launch, void** values, long long first, long long last)
{
    gridDim = {launch->grid[0], launch->grid[1], launch->grid[2]};
    dynamicShared = launch->sharedBytes == 0 ? nullptr : __builtin_malloc(launch->sharedBytes);
    for (long long block = first; block < last; block++) {
        blockIdx = {unsigned(block % launch->grid[0]), unsigned(block / launch->grid[0] % launch->grid[1]),
                    unsigned(block / launch->grid[0] / launch->grid[1])};
        Call<kernel>(kernel, values);
    }
    __builtin_free(dynamicShared);
    return 0;
}

#else
#include "Common/Fibers.cuh"
#endif

// Exports a kernel's trampoline and the sizes of its parameters under the kernel's name.
#define GK_EXPORT(name)                                                                                       \
    GK_VISIBLE const auto name##_parameters = SizesOf(&name);                                                 \
    GK_VISIBLE int name##_run(const Launch* launch, void** values, long long first, long long last)           \
    {                                                                                                         \
        return RunBlocks<&name>(launch, values, first, last);                                                 \
    }
