// TmaFault: one box that is copied, right or wrong in one way that the simt device finds.
//   y[thread] = the first element of chunk thread % 8 of row thread / 8 of the box
//
// Shapes   x: a matrix of rows of 64; y: [64]
// Types    Scalar of 16 bits, y of float
// Launch   one block of 64 threads
// Cost     none to speak of
// Limits   only for tests
// Source   ours
#include "Common/Prelude.cuh"     // KERNEL, Scalar
#include "Common/Tma.cuh"  // CopyBox, ArriveAndExpect, WaitForPhase

// As in TmaFaultTests.
enum Fault { None, NoWait, NoCopy, TwoExpectations, FewerBytes, OtherTarget };

KERNEL TmaFault(TENSOR_MAP x, float* y, int firstRow, int fault)
{
    DYNAMIC_SHARED(char, memory);  // [8 rows of 128 bytes], from the first multiple of 1024 on
    __shared__ TransactionBarrier isThere;
    char* box = memory + BytesToAtom(memory);
    if (threadIdx.x == 0) {
        PrepareBarrier(&isThere);
        ProxyFence();
        ArriveAndExpect(&isThere, fault == FewerBytes ? 512 : 1024);
        if (fault == TwoExpectations) ArriveAndExpect(&isThere, 1024);
        if (fault != NoCopy) CopyBox(box + (fault == OtherTarget ? 128 : 0), x, &isThere, {{0, firstRow, 0}});
    }
    __syncthreads();  // the new barrier | waiting for it
    if (fault != NoWait) WaitForPhase(&isThere, 0);
    const int row = threadIdx.x / 8, chunk = threadIdx.x % 8;
    y[threadIdx.x] = float(*reinterpret_cast<const Scalar*>(box + row * 128 + (chunk ^ row) * 16));
}
