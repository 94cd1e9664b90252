// Unary: one function of every element.
//   y[i] = f(x[i])
//
// Shapes   x, y: n elements, contiguous
// Types    stored as Scalar, computed in Accumulator
// Launch   one block for every ElementsPerBlock elements; any block size; isPacked where all addresses are multiples
//          of 16 bytes
// Cost     reads n, writes n: bound by memory
#include "Common/Prelude.cuh"
#include "Common/Elements.cuh"

DEVICE Accumulator Affine(Accumulator x, Accumulator scale, Accumulator offset) { return scale * x + offset; }
DEVICE Accumulator Square(Accumulator x, Accumulator, Accumulator) { return x * x; }
DEVICE Accumulator SquareRoot(Accumulator x, Accumulator, Accumulator) { return Sqrt(x); }
DEVICE Accumulator ReciprocalSquareRoot(Accumulator x, Accumulator, Accumulator) { return 1 / Sqrt(x); }
DEVICE Accumulator Reciprocal(Accumulator x, Accumulator, Accumulator) { return 1 / x; }
DEVICE Accumulator Exponential(Accumulator x, Accumulator, Accumulator) { return Exp(x); }
DEVICE Accumulator Logarithm(Accumulator x, Accumulator, Accumulator) { return Log(x); }
DEVICE Accumulator AbsoluteValue(Accumulator x, Accumulator, Accumulator) { return Absolute(x); }
DEVICE Accumulator Sine(Accumulator x, Accumulator, Accumulator) { return Sin(x); }
DEVICE Accumulator Cosine(Accumulator x, Accumulator, Accumulator) { return Cos(x); }
DEVICE Accumulator HyperbolicTangent(Accumulator x, Accumulator, Accumulator) { return Tanh(x); }
DEVICE Accumulator Sign(Accumulator x, Accumulator, Accumulator)
{
    return x > 0 ? Accumulator(1) : x < 0 ? Accumulator(-1) : x;
}

// A NaN becomes 0, and magnitudes are clamped to the bound: torch.nan_to_num followed by a clamp.
DEVICE Accumulator Sanitize(Accumulator x, Accumulator bound, Accumulator)
{
    return x != x ? Accumulator(0) : x > bound ? bound : x < -bound ? -bound : x;
}

KERNEL Unary(const Scalar* x, Scalar* y, Int64 count, int isPacked, float first, float second)
{
    ForEachElement<PackLength<Scalar>>(count, isPacked, [=](auto width, Int64 i) {
        Pack<width.Value> pack = LoadPack<width.Value>(x + i);
        width.ForEach([&](int k) { pack.value[k] = Scalar(Operation(Accumulator(pack.value[k]), first, second)); });
        StorePack(y + i, pack);
    });
}
