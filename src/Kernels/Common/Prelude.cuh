// Prelude: the common base of every kernel, and the only place that knows which compiler is at work.
//   KERNEL         declares a kernel; KERNEL_OF(threads) one for blocks of at most that many threads, which may use
//                  more registers; KERNEL_OF(threads, blocks) one that leaves room for that many blocks on a
//                  multiprocessor
//   Scalar         the stored type, chosen by the launcher: double, float, Half, BFloat16 or an integer
//   Accumulator    the type that sums of Scalar are kept in: double for double, Int64 for int and Int64, else float
//   WarpSize       threads of a warp: 32, or 1 on the host device
//   mathematics    Sqrt, ReciprocalSqrt, Exp, ... for float and double, the same names everywhere
//
// Front ends: NVRTC and clang's CUDA (device code), g++ and clang++ (GK_HOST: blocks of one thread; GK_SIMT: fibers).
#pragma once

using Int64 = long long;
using UInt64 = unsigned long long;
using UInt32 = unsigned int;
using UInt16 = unsigned short;
using UInt8 = unsigned char;

#if defined(GK_HOST) || defined(GK_SIMT)
#include "Common/HostThreads.cuh"
#else
#include "Common/DeviceThreads.cuh"
#endif
#include "Common/Half.cuh"
#include "Common/Mathematics.cuh"

template <typename T> struct AccumulatorOf { using Type = float; };
template <> struct AccumulatorOf<double> { using Type = double; };
template <> struct AccumulatorOf<Int64> { using Type = Int64; };
template <> struct AccumulatorOf<int> { using Type = Int64; };
using Accumulator = AccumulatorOf<Scalar>::Type;

// Elements that a block of an elementwise kernel processes: 16 for each of 256 threads. LaunchShape has it too.
constexpr int ElementsPerBlock = 4096;
