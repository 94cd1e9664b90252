// Grid: which blocks of a launch ran, and how often.
//   GridVisits    visits[block] += 1, where[block] = (x, y, z), after some work that takes time
//   GridTypes     y[0] = a + b + c + d, one parameter of each type
//
// Shapes   visits: [blocks]; where: [blocks, 3]
// Types    Scalar is float
// Launch   blocks of any size; thread 0 writes
// Cost     none to speak of
// Limits   only for tests
// Source   ours
#include "Common/Prelude.cuh"  // KERNEL, Scalar

KERNEL GridVisits(Scalar* visits, Scalar* where, int work)
{
    if (threadIdx.x != 0) return;  // no barrier follows
    const Int64 block = (Int64(blockIdx.z) * gridDim.y + blockIdx.y) * gridDim.x + blockIdx.x;
    Scalar root = 2;
    for (int i = 0; i < work; i++) root = Sqrt(root + 2);
    visits[block] += root < 3 ? 1 : 2;
    where[3 * block] = Scalar(blockIdx.x);
    where[3 * block + 1] = Scalar(blockIdx.y);
    where[3 * block + 2] = Scalar(blockIdx.z);
}

KERNEL GridTypes(Scalar* y, int a, Int64 b, float c, double d)
{
    if (threadIdx.x == 0) y[0] = Scalar(a + b + c + d);
}
