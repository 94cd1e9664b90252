// Function: the functions of Mathematics and Normal, element by element.
//   y[i] = f(x[i])
//
// Shapes   x, y: [n]
// Types    Scalar is float or double
// Launch   elementwise; any block size
// Cost     reads n, writes n
// Limits   only for tests
// Source   ours
#include "Common/Prelude.cuh"  // KERNEL, Scalar, Exp, ...
#include "Common/Normal.cuh"   // NormalAt

template <typename Body> DEVICE void ForEach(Int64 count, Body body)
{
    const Int64 begin = Int64(blockIdx.x) * ElementsPerBlock;
    const Int64 end = Minimum(count, begin + ElementsPerBlock);
    for (Int64 i = begin + threadIdx.x; i < end; i += blockDim.x) body(i);
}

KERNEL FunctionExp(const Scalar* __restrict__ x, Scalar* __restrict__ y, Int64 count)
{
    ForEach(count, [=](Int64 i) { y[i] = Exp(x[i]); });
}

KERNEL FunctionExpMinusOne(const Scalar* __restrict__ x, Scalar* __restrict__ y, Int64 count)
{
    ForEach(count, [=](Int64 i) { y[i] = ExpMinusOne(x[i]); });
}

KERNEL FunctionLogOnePlus(const Scalar* __restrict__ x, Scalar* __restrict__ y, Int64 count)
{
    ForEach(count, [=](Int64 i) { y[i] = LogOnePlus(x[i]); });
}

KERNEL FunctionTanh(const Scalar* __restrict__ x, Scalar* __restrict__ y, Int64 count)
{
    ForEach(count, [=](Int64 i) { y[i] = Tanh(x[i]); });
}

KERNEL FunctionNormal(const Scalar* __restrict__ x, Scalar* __restrict__ y, Int64 count)
{
    ForEach(count, [=](Int64 i) { y[i] = NormalAt(x[i]).integral; });
}

KERNEL FunctionSigmoid(const Scalar* __restrict__ x, Scalar* __restrict__ y, Int64 count)
{
    ForEach(count, [=](Int64 i) { y[i] = Sigmoid(x[i]); });
}
