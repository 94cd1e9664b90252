// Tma: bulk copies of boxes of a tensor into shared memory by the Tensor Memory Accelerator, issued by one thread, and
// mbarriers that count the bytes that have arrived.
//   TensorMap                  the layout of a tensor and of its boxes; the launcher makes it. TENSOR_MAP declares a
//                              kernel parameter of this type
//   TransactionBarrier         an mbarrier in shared memory. A phase ends when `arrivals` threads have arrived and the
//                              bytes that they expect have come. PrepareBarrier(barrier, arrivals) by one thread, then
//                              its ProxyFence, which makes the barrier visible to copies, and a barrier of the block
//                              come before other threads use it. BarrierAddress is a pointer to one
//   Arrive(barrier)            what the thread has done before is visible to the threads that wait
//   ArriveAndExpect(barrier, n)   likewise, and the phase expects n more bytes
//   WaitForPhase(barrier, parity)   waits until the phase of that parity has ended; parities alternate, starting with 0
//   CopyBox<Axes>(to, map, barrier, at)    the box of 3 or 4 axes whose first element is at `at`, innermost axis first
//   CopyPixels(to, map, barrier, at, tap)  im2col of neighbouring outputs of a convolution: the channels from at[0] on
//                              of the pixels that the outputs read with a tap. at[1..4] is the pixel that the first
//                              output reads with tap 0: column, row, frame, clip; tap is added to the first three
//   CopyBytes(to, from, n, barrier)        n contiguous bytes; all three are multiples of 16
//
// Boxes    are rows of 128 bytes, one below the other, with the swizzle of Wgmma.cuh; `to` is aligned to 1024 bytes.
//          Elements outside of the tensor come as zeros, and count as bytes.
// Pixels   outputs are in the order of memory: columns, then rows, frames and clips
// Limits   compute capability 9.0; elements of 16 bits
// Source   PTX ISA 8.0, "Tensors" (tiled and im2col mode), "cp.async.bulk.tensor", "mbarrier"
#pragma once
#include "Common/Wgmma.cuh"  // SharedAddress, ProxyFence

struct BoxCoordinates { int at[5]; };

// PTX's im2colOffsets.
struct TapOffsets { int w, h, t; };

#if defined(GK_SIMT)
#include "Common/FiberTma.cuh"
#else
#include "Common/DeviceTma.cuh"
#endif
