// Mma: warp-level matrix multiplication (mma.sync), loads of fragments (ldmatrix) and asynchronous copies (cp.async).
//   Mma<Element>::Multiply       sum[16,8] += x[16,D] w[D,8]: D = 16 for Half and BFloat16, 8 for float, which is read
//                                as tf32 (10 bits of fraction; round with RoundToTf32 first, or the rest is truncated)
//   LoadMatrices<Count>          1, 2 or 4 matrices of 8 rows of 16 bytes from shared memory into fragments
//   CopyAsync, CopyCommit, CopyWait<Pending>   16 bytes, or zeros, from global to shared memory, in groups
//   RoundToTf32, PackTwo<Element>               registers of fragments from floats
//   MultiplyEach<Element>                      elementwise product of two registers, rounded once
//
// Lanes    row = lane / 4 and four = lane % 4 throughout; a register has 32 bits: two elements, the first in the lower
//          half, or one of tf32. A piece is 4 bytes of a row, so that a row of x has 8 pieces whatever the type.
//   x        bits[0]: row, piece four    bits[1]: row + 8, piece four    bits[2], bits[3]: the same, piece four + 4
//   w        column n = row; bits[0]: piece four of the 8 along D, bits[1]: piece four + 4
//   sum      values[0], values[1]: row, columns 2 four and 2 four + 1    values[2], values[3]: row + 8, likewise
// Launch   every lane of a warp takes part; a multiplication is no barrier, and a load sees only the writes that a
//          barrier made visible
// Limits   compute capability 8.0 or higher; no form for the host device, where a warp is one thread
// Source   PTX ISA 8.0, sections "Matrix multiply-accumulate operation using mma instruction", "ldmatrix", "cp.async"
#pragma once

// Elements of x: 16 rows of 32 bytes.
struct FragmentX { unsigned bits[4]; };

// Elements of w: 8 columns of 32 bytes.
struct FragmentW { unsigned bits[2]; };

// Sums: 16 rows of 8.
struct FragmentSum { float values[4]; };

#if defined(GK_HOST)
#error "a kernel with matrix fragments has no form for the host device"
#elif defined(GK_SIMT)
#include "Common/FiberMma.cuh"
#else
#include "Common/DeviceMma.cuh"
#endif
