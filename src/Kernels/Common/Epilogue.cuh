// Epilogue: what follows a sum of products before it is stored, in the order of StyleGAN's layers.
//   y[r,n] = clamp(gain f(sum[r,n] factor[r / factorRows, n] + noise[r] + bias[n]), -limit, limit) + residual[r,n]
// Any of factor, noise, bias and residual may be null. Source: Karras et al. 2020, StyleGAN2, appendix B.
#pragma once
#include "Common/Activations.cuh"

// The numbers of an epilogue; EpilogueNumbers in C# has the same layout.
struct EpilogueNumbers {
    int function;  // of Activations, in the order of the switch below
    float slope, gain, limit;
    int factorRows;
};

struct Epilogue {
    const Scalar* factor;
    const Scalar* noise;
    const Scalar* bias;
    const Scalar* residual;
    EpilogueNumbers numbers;
};

// Whether sums are results.
DEVICE bool IsNone(const Epilogue& epilogue)
{
    const EpilogueNumbers& numbers = epilogue.numbers;
    return epilogue.factor == nullptr && epilogue.noise == nullptr && epilogue.bias == nullptr
        && epilogue.residual == nullptr && numbers.function == 0 && numbers.gain == 1 && numbers.limit == Infinity();
}

DEVICE Accumulator Activated(int function, Accumulator z, Accumulator slope)
{
    switch (function) {
        case 1: return Relu<0>(z, slope);
        case 2: return LeakyRelu<0>(z, slope);
        case 3: return HyperbolicTangent<0>(z, slope);
        case 4: return Sigmoid<0>(z, slope);
        case 5: return Elu<0>(z, slope);
        case 6: return Selu<0>(z, slope);
        case 7: return Softplus<0>(z, slope);
        case 8: return Swish<0>(z, slope);
        case 9: return Gelu<0>(z, slope);
        case 10: return QuickGelu<0>(z, slope);
        default: return z;
    }
}

// The result of one sum, at a row and column of the whole result, which has columnCount of them.
DEVICE Scalar Finished(const Epilogue& epilogue, Accumulator sum, Int64 row, int column, int columnCount)
{
    const EpilogueNumbers& numbers = epilogue.numbers;
    if (epilogue.factor != nullptr) {
        sum *= Accumulator(epilogue.factor[row / numbers.factorRows * columnCount + column]);
    }
    if (epilogue.noise != nullptr) sum += Accumulator(epilogue.noise[row]);
    if (epilogue.bias != nullptr) sum += Accumulator(epilogue.bias[column]);
    const Accumulator value = numbers.gain * Activated(numbers.function, sum, numbers.slope);
    // A comparison that is false leaves a NaN as it is.
    Accumulator y = value > numbers.limit ? numbers.limit : value < -numbers.limit ? -numbers.limit : value;
    if (epilogue.residual != nullptr) y += Accumulator(epilogue.residual[row * columnCount + column]);
    return Scalar(y);
}

// Finishes some columns of a row in place, for a kernel in which one thread has the row: sums in y become results.
// Functions of two straight parts have loops that a CPU's compiler vectorises.
template <typename Number>
DEVICE void FinishRow(const Epilogue& epilogue, Number* y, Int64 row, int first, int count, int columnCount)
{
    const EpilogueNumbers& numbers = epilogue.numbers;
    if (numbers.function > 2) {
        for (int i = 0; i < count; i++) y[i] = Finished(epilogue, y[i], row, first + i, columnCount);
        return;
    }

    const Number slope = numbers.function == 0 ? 1 : numbers.function == 1 ? 0 : numbers.slope;
    const Number gain = numbers.gain, limit = numbers.limit;
    if (epilogue.factor != nullptr) {
        const Scalar* factor = epilogue.factor + row / numbers.factorRows * columnCount + first;
        for (int i = 0; i < count; i++) y[i] *= factor[i];
    }
    const Number noise = epilogue.noise == nullptr ? Number(0) : Number(epilogue.noise[row]);
    if (epilogue.bias != nullptr) {
        const Scalar* bias = epilogue.bias + first;
        for (int i = 0; i < count; i++) y[i] += bias[i];
    }
    for (int i = 0; i < count; i++) {
        const Number z = y[i] + noise;
        const Number value = gain * (z > 0 ? z : slope * z);
        y[i] = value > limit ? limit : value < -limit ? -limit : value;
    }
    if (epilogue.residual != nullptr) {
        const Scalar* residual = epilogue.residual + row * columnCount + first;
        for (int i = 0; i < count; i++) y[i] += residual[i];
    }
}
