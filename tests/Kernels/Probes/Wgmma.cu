// Wgmma: the wrappers of Wgmma.cuh by themselves.
//   WgmmaProduct   y[g,m,n] = sum over k of x[g,m,k] w[g,n,k], a warpgroup a product
//
// The operands are put into shared memory one element after the other, by the layouts written out here: K-major, or
// MN-major where XMMajor or WNMajor says so. XInRegisters has x in registers instead.
//
// Shapes   x: [G, 64, K], w: [G, ProductColumns, K], y: [G, 64, ProductColumns]
// Types    stored as Scalar, summed in float
// Launch   any number of whole warpgroups a block
// Cost     none to speak of
// Limits   K is a multiple of 16; only for tests
// Source   ours
#include "Common/Prelude.cuh"  // KERNEL_OF, Scalar
#include "Common/Wgmma.cuh"    // Wgmma, MatrixDescriptor, ...

constexpr int Rows = 64;

template <bool Number> struct Constant { static constexpr bool Value = Number; };

// The byte of an element: `at` counts the rows of x or the columns of w, of which there are size.
DEVICE int Offset(bool isMnMajor, int size, int depth, int at, int k)
{
    if (isMnMajor) return at / 64 * depth * 128 + k * 128 + (at % 64 / 8 ^ k % 8) * 16 + at % 8 * 2;
    return k / 64 * size * 128 + at * 128 + (k % 64 / 8 ^ at % 8) * 16 + k % 8 * 2;
}

DEVICE void Fill(char* operand, const Scalar* source, bool isMnMajor, int size, int depth)
{
    for (int index = threadIdx.x % WarpgroupThreads; index < size * depth; index += WarpgroupThreads) {
        const int offset = Offset(isMnMajor, size, depth, index / depth, index % depth);
        *reinterpret_cast<Scalar*>(operand + offset) = source[index];
    }
}

// The part of an operand that begins with element k of the depth.
DEVICE UInt64 OperandAt(const char* operand, bool isMnMajor, int size, int depth, int k)
{
    const int start = isMnMajor ? k * 128 : k / 64 * size * 128 + k % 64 * 2;
    return MatrixDescriptor(operand + start, isMnMajor ? depth * 128 : 16, AtomBytes);
}

// The warp's rows of x from element k of the depth on.
DEVICE FragmentX FragmentAt(const Scalar* x, int depth, int k)
{
    FragmentX fragment;
    for (int index = 0; index < 4; index++) {
        const int row = threadIdx.x % WarpgroupThreads / WarpSize * 16 + threadIdx.x % WarpSize / 4 + index % 2 * 8;
        const int column = k + index / 2 * 8 + threadIdx.x % 4 * 2;
        fragment.bits[index] = *reinterpret_cast<const unsigned*>(x + row * depth + column);
    }
    return fragment;
}

KERNEL_OF(256) WgmmaProduct(const Scalar* x, const Scalar* w, float* y, int depth)
{
    DYNAMIC_SHARED(char, memory);  // [warpgroup, x and w, rows of whole 128 bytes], from the first multiple of 1024 on
    const int warpgroup = threadIdx.x / WarpgroupThreads;
    const int warp = threadIdx.x / WarpSize % 4, lane = threadIdx.x % WarpSize;
    const Int64 product = blockIdx.x * (blockDim.x / WarpgroupThreads) + warpgroup;
    const int rowBytes = (depth + 63) / 64 * 128;
    constexpr int WholeColumns = (ProductColumns + 63) / 64 * 64;
    char* xOperand = memory + BytesToAtom(memory) + warpgroup * (Rows + WholeColumns) * rowBytes;
    char* wOperand = xOperand + Rows * rowBytes;
    Fill(xOperand, x + product * Rows * depth, XMMajor, Rows, depth);
    Fill(wOperand, w + product * ProductColumns * depth, WNMajor, ProductColumns, depth);
    ProxyFence();
    __syncthreads();  // the stores | their reads

    FragmentSum sums[1][ProductColumns / 8];
    for (FragmentSum& sum : sums[0]) sum = {{7, 7, 7, 7}};  // the first multiplication begins anew
    const auto multiply = [&](int k, auto adds) {
        using Product = Wgmma<Scalar, ProductColumns>;
        const UInt64 right = OperandAt(wOperand, WNMajor, ProductColumns, depth, k);
        WgmmaFence();
#if XInRegisters
        const FragmentX left = FragmentAt(x + product * Rows * depth, depth, k);
        Product::template Multiply<WNMajor, adds.Value>(sums[0], left, right);
        WgmmaCommit();
        WgmmaWait<0>();  // before the registers are others'
#else
        Product::template Multiply<XMMajor, WNMajor, adds.Value>(
            sums[0], OperandAt(xOperand, XMMajor, Rows, depth, k), right);
        WgmmaCommit();
        WgmmaWait<1>();
#endif
    };
    multiply(0, Constant<false>{});
    for (int k = 16; k < depth; k += 16) multiply(k, Constant<true>{});
    WgmmaFinish(sums);

    float* target = y + (product * Rows + warp * 16 + lane / 4) * ProductColumns + lane % 4 * 2;
#pragma unroll
    for (int j = 0; j < ProductColumns / 8; j++) {
        target[8 * j] = sums[0][j].values[0];
        target[8 * j + 1] = sums[0][j].values[1];
        target[8 * j + 8 * ProductColumns] = sums[0][j].values[2];
        target[8 * j + 8 * ProductColumns + 1] = sums[0][j].values[3];
    }
}
