// Epilogue: what follows a sum of products before it is stored, in the order of StyleGAN's layers.
//   y[r,n] = clamp(gain f(sum[r,n] factor[r / factorRows, n] + noise[r] + bias[n]), -limit, limit) + residual[r,n]
// Any of factor, noise, bias and residual may be null. Source: Karras et al. 2020, StyleGAN2, appendix B.
#pragma once
#include "Common/Activations.cuh"
#include "Common/Rows.cuh"  // Pack, Quotient

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

// Functions of each of neighbouring numbers: which one is asked once for all of them.
template <int Width>
DEVICE void ActivateEach(int function, Pack<Width, Accumulator>& z, Accumulator slope)
{
    const auto each = [&](auto activation) {
        Count<Width>::ForEach([&](int k) { z.value[k] = activation(z.value[k]); });
    };
    switch (function) {
        case 1: each([=](Accumulator value) { return Relu<0>(value, slope); }); break;
        case 2: each([=](Accumulator value) { return LeakyRelu<0>(value, slope); }); break;
        case 3: each([=](Accumulator value) { return HyperbolicTangent<0>(value, slope); }); break;
        case 4: each([=](Accumulator value) { return Sigmoid<0>(value, slope); }); break;
        case 5: each([=](Accumulator value) { return Elu<0>(value, slope); }); break;
        case 6: each([=](Accumulator value) { return Selu<0>(value, slope); }); break;
        case 7: each([=](Accumulator value) { return Softplus<0>(value, slope); }); break;
        case 8: each([=](Accumulator value) { return Swish<0>(value, slope); }); break;
        case 9: each([=](Accumulator value) { return Gelu<0>(value, slope); }); break;
        case 10: each([=](Accumulator value) { return QuickGelu<0>(value, slope); }); break;
    }
}

// The results of neighbouring sums of a row, at a row and first column of the whole result, which has columnCount of
// them. More than one only where the columns before them, and the addresses, are multiples of so many.
template <int Width>
DEVICE Pack<Width> Finished(
    const Epilogue& epilogue, Pack<Width, Accumulator> sums, Int64 row, int column, int columnCount)
{
    const EpilogueNumbers& numbers = epilogue.numbers;
    const auto each = [&](auto act) { Count<Width>::ForEach([&](int k) { act(sums.value[k], k); }); };
    if (epilogue.factor != nullptr) {
        const Int64 at = Quotient(row, numbers.factorRows) * columnCount + column;
        const Pack<Width> factors = LoadPack<Width>(epilogue.factor + at);
        each([&](Accumulator& sum, int k) { sum *= Accumulator(factors.value[k]); });
    }
    if (epilogue.noise != nullptr) {
        const Accumulator noise = epilogue.noise[row];
        each([&](Accumulator& sum, int) { sum += noise; });
    }
    if (epilogue.bias != nullptr) {
        const Pack<Width> biases = LoadPack<Width>(epilogue.bias + column);
        each([&](Accumulator& sum, int k) { sum += Accumulator(biases.value[k]); });
    }
    ActivateEach<Width>(numbers.function, sums, numbers.slope);
    each([&](Accumulator& sum, int) {
        const Accumulator value = numbers.gain * sum;
        // A comparison that is false leaves a NaN as it is.
        sum = value > numbers.limit ? numbers.limit : value < -numbers.limit ? -numbers.limit : value;
    });
    if (epilogue.residual != nullptr) {
        const Pack<Width> residuals = LoadPack<Width>(epilogue.residual + row * columnCount + column);
        each([&](Accumulator& sum, int k) { sum += Accumulator(residuals.value[k]); });
    }
    Pack<Width> results;
    each([&](Accumulator& sum, int k) { results.value[k] = Scalar(sum); });
    return results;
}

// The result of one sum.
DEVICE Scalar Finished(const Epilogue& epilogue, Accumulator sum, Int64 row, int column, int columnCount)
{
    return Finished<1>(epilogue, Pack<1, Accumulator>{{sum}}, row, column, columnCount).value[0];
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
