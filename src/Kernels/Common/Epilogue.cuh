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
