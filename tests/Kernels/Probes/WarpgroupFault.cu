// WarpgroupFault: one multiplication of a warpgroup, right or wrong in one way that the simt device finds.
//   y[thread] = its first sum: 16, the products of ones
//
// Shapes   ones: [8]; y: [128]
// Types    Scalar of 16 bits, y of float
// Launch   one block of 128 threads
// Cost     none to speak of
// Limits   only for tests
// Source   ours
#include "Common/Prelude.cuh"  // KERNEL, Scalar
#include "Common/Wgmma.cuh"    // Wgmma, MatrixDescriptor, ...

// As in WarpgroupFaultTests.
enum Fault {
    None, NoWait, NoCommit, NoFence, NoProxyFence, WriteDuringIt, InBranch, OtherDescriptors, OtherSwizzle,
    BeyondShared, RegisterDuringIt
};

KERNEL WarpgroupFault(const Scalar* ones, float* y, int fault)
{
    DYNAMIC_SHARED(char, memory);  // [x and w, 64 rows of 128 bytes], from the first multiple of 1024 on
    char* x = memory + BytesToAtom(memory);
    char* w = x + 64 * 128;
    for (int row = threadIdx.x; row < 2 * 64; row += blockDim.x) {
        for (int chunk = 0; chunk < 8; chunk++) CopyAsync(x + row * 128 + chunk * 16, ones);
    }
    CopyCommit();
    CopyWait<0>();
    if (fault != NoProxyFence) ProxyFence();
    __syncthreads();  // the copies | their reads
    if (fault == InBranch && threadIdx.x % 2 == 1) return;

    UInt64 descriptor = MatrixDescriptor(x, 16, AtomBytes);
    if (fault == OtherDescriptors) descriptor = Advance(descriptor, int(threadIdx.x) / WarpSize * 32);
    if (fault == OtherSwizzle) descriptor ^= 3ull << 62;
    if (fault == BeyondShared) descriptor = Advance(descriptor, 2 * 64 * 128);
    FragmentSum sums[1][8] = {};
    if (fault != NoFence) WgmmaFence();
    FragmentX left = {};
    if (fault == RegisterDuringIt) {
        Wgmma<Scalar, 64>::Multiply<false>(sums[0], left, MatrixDescriptor(w, 16, AtomBytes));
    } else {
        Wgmma<Scalar, 64>::Multiply<false, false>(sums[0], descriptor, MatrixDescriptor(w, 16, AtomBytes));
    }
    if (fault != NoCommit) WgmmaCommit();
    if (fault == RegisterDuringIt) left.bits[threadIdx.x % 4] = 1;
    if (fault == WriteDuringIt && threadIdx.x == 0) x[1] = 0;
    if (fault != NoWait) WgmmaFinish(sums);
    y[threadIdx.x] = sums[0][0].values[0];
}
