// TensorCopy: boxes of a tensor that the hardware copies into shared memory by itself, asked for by one thread, and
// barriers that count the bytes that have come.
//   TensorMap                  how a tensor lies and what a box of it is; the launcher makes it. TENSOR_MAP declares
//                              a parameter of a kernel that is one
//   ByteBarrier                in shared memory, one phase after the other: each ends when so many threads have arrived
//                              and the bytes that they expect have come. PrepareBarrier(barrier, arrivals) by one
//                              thread, then its ProxyFence, which shows it to copies, and a barrier of the block
//                              before other threads use it. BarrierPlace is a pointer to one
//   Arrive(barrier)            what the thread has done before is done for those who wait
//   ExpectBytes(barrier, n)    likewise, and n bytes are to come
//   WaitForPhase(barrier, parity)   until the phase of that parity, 0 first and then in turns, has ended
//   CopyBox<Axes>(to, map, barrier, at)    the box of three axes, or four, whose first element is at `at`, innermost
//                              first
//   CopyPixels(to, map, barrier, at, tap)  neighbouring outputs of a convolution: the channels from at[0] on of the
//                              pixels that they meet with a tap. at[1..4] is the pixel that the first output meets
//                              with tap 0: columns, rows, frames, clips; tap is added to each of the first three
//   CopyBytes(to, from, n, barrier)        n bytes as they lie in memory; all three are multiples of 16
//
// Boxes    are rows of 128 bytes, one below the other, with the swizzle of Wgmma.cuh; `to` is a multiple of 1024. What
//          lies outside of the tensor comes as zeros, and counts.
// Pixels   outputs follow each other as they lie in memory: columns, then rows, frames and clips
// Limits   compute capability 9.0; elements of 16 bits
// Source   PTX ISA 8.0, "Tensors" (tiled and im2col mode), "cp.async.bulk.tensor", "mbarrier"
#pragma once
#include "Common/Wgmma.cuh"  // SharedAddress, ProxyFence

struct BoxPlace { int at[5]; };
struct TapPlace { int w, h, t; };

#if defined(GK_SIMT)
#include "Common/FiberTensorCopy.cuh"
#else
#include "Common/DeviceTensorCopy.cuh"
#endif
