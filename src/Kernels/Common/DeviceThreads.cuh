// DeviceThreads: the device front ends' half of the prelude. NVRTC knows CUDA's keywords and built-in variables; clang,
// which is run without a CUDA toolkit and only to prove that the source is device code, has them defined here.
#pragma once

#if defined(__clang__) && defined(__CUDA__) && !defined(__CUDACC_RTC__)
#define __device__ __attribute__((device))
#define __global__ __attribute__((global))
#define __shared__ __attribute__((shared))
#define __constant__ __attribute__((constant))
#define __grid_constant__  // clang 19 has no such parameters: each is copied to local memory
#define __launch_bounds__(...) __attribute__((launch_bounds(__VA_ARGS__)))
#define __forceinline__ inline __attribute__((always_inline))
struct uint3 { unsigned x, y, z; };
struct ThreadIndex {
    __declspec(property(get = X)) unsigned x;
    __declspec(property(get = Y)) unsigned y;
    __declspec(property(get = Z)) unsigned z;
    static __device__ unsigned X() { return __nvvm_read_ptx_sreg_tid_x(); }
    static __device__ unsigned Y() { return __nvvm_read_ptx_sreg_tid_y(); }
    static __device__ unsigned Z() { return __nvvm_read_ptx_sreg_tid_z(); }
};
struct BlockIndex {
    __declspec(property(get = X)) unsigned x;
    __declspec(property(get = Y)) unsigned y;
    __declspec(property(get = Z)) unsigned z;
    static __device__ unsigned X() { return __nvvm_read_ptx_sreg_ctaid_x(); }
    static __device__ unsigned Y() { return __nvvm_read_ptx_sreg_ctaid_y(); }
    static __device__ unsigned Z() { return __nvvm_read_ptx_sreg_ctaid_z(); }
};
struct BlockSize {
    __declspec(property(get = X)) unsigned x;
    __declspec(property(get = Y)) unsigned y;
    __declspec(property(get = Z)) unsigned z;
    static __device__ unsigned X() { return __nvvm_read_ptx_sreg_ntid_x(); }
    static __device__ unsigned Y() { return __nvvm_read_ptx_sreg_ntid_y(); }
    static __device__ unsigned Z() { return __nvvm_read_ptx_sreg_ntid_z(); }
};
struct GridSize {
    __declspec(property(get = X)) unsigned x;
    __declspec(property(get = Y)) unsigned y;
    __declspec(property(get = Z)) unsigned z;
    static __device__ unsigned X() { return __nvvm_read_ptx_sreg_nctaid_x(); }
    static __device__ unsigned Y() { return __nvvm_read_ptx_sreg_nctaid_y(); }
    static __device__ unsigned Z() { return __nvvm_read_ptx_sreg_nctaid_z(); }
};
extern const __device__ __attribute__((weak)) ThreadIndex threadIdx;
extern const __device__ __attribute__((weak)) BlockIndex blockIdx;
extern const __device__ __attribute__((weak)) BlockSize blockDim;
extern const __device__ __attribute__((weak)) GridSize gridDim;
static __device__ __forceinline__ void __syncwarp(unsigned mask = 0xFFFFFFFF) { __nvvm_bar_warp_sync(mask); }
static __device__ __forceinline__ unsigned long __cvta_generic_to_shared(const void* address)
{
    return reinterpret_cast<unsigned long>((const __attribute__((address_space(3))) void*)address);
}
#endif

#define KERNEL extern "C" __global__ void
#define KERNEL_OF(...) extern "C" __global__ void __launch_bounds__(__VA_ARGS__)
#define DEVICE static __device__ __forceinline__

constexpr int WarpSize = 32;

// Declares a typed pointer to the block's dynamic shared memory, whose size the launch sets.
alignas(128) extern __shared__ unsigned char gkDynamicShared[];
#define DYNAMIC_SHARED(type, name) type* const name = reinterpret_cast<type*>(gkDynamicShared)

// What the lanes of a warp wrote before it is visible to all of them after it; all 32 lanes must take part.
DEVICE void WarpBarrier() { __syncwarp(); }

// The value of another lane of the warp; all 32 lanes must take part.
DEVICE unsigned ShuffleXorBits(unsigned value, int mask)
{
    unsigned result;
    asm volatile("shfl.sync.bfly.b32 %0, %1, %2, 0x1f, 0xffffffff;" : "=r"(result) : "r"(value), "r"(mask));
    return result;
}

DEVICE unsigned ShuffleBits(unsigned value, int lane)
{
    unsigned result;
    asm volatile("shfl.sync.idx.b32 %0, %1, %2, 0x1f, 0xffffffff;" : "=r"(result) : "r"(value), "r"(lane));
    return result;
}

// Bit i is set where lane i of the warp passes true; all 32 lanes must take part.
DEVICE unsigned BallotBits(bool value)
{
    unsigned result;
    asm volatile(
        "{ .reg .pred given; setp.ne.u32 given, %1, 0; vote.sync.ballot.b32 %0, given, 0xffffffff; }"
        : "=r"(result)
        : "r"(unsigned(value)));
    return result;
}
