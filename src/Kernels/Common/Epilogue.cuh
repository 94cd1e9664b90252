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

// The functions of two straight parts, and their slope below zero.
DEVICE bool IsStraight(const EpilogueNumbers& numbers) { return numbers.function <= 2; }
DEVICE float SlopeOf(const EpilogueNumbers& numbers)
{
    return numbers.function == 0 ? 1 : numbers.function == 1 ? 0 : numbers.slope;
}

// The other functions of each of neighbouring numbers: which one is asked once for all of them.
template <int Width>
DEVICE void ActivateEach(int function, Pack<Width, Accumulator>& z, Accumulator slope)
{
    const auto each = [&](auto activation) {
        Count<Width>::ForEach([&](int k) { z.value[k] = activation(z.value[k]); });
    };
    switch (function) {
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

// What is read for neighbouring results of a row: of those that are not null.
template <int Width> struct EpilogueOperands {
    Pack<Width> factors, biases, residuals;
    Scalar noise;
};

// At a row and first column of the whole result, which has columnCount of them. More than one only where the columns
// before them, and the addresses, are multiples of so many.
template <int Width>
DEVICE EpilogueOperands<Width> OperandsOf(const Epilogue& epilogue, Int64 row, int column, int columnCount)
{
    EpilogueOperands<Width> operands = {};
    if (epilogue.factor != nullptr) {
        const Int64 at = Quotient(row, epilogue.numbers.factorRows) * columnCount + column;
        operands.factors = LoadPack<Width>(epilogue.factor + at);
    }
    if (epilogue.noise != nullptr) operands.noise = epilogue.noise[row];
    if (epilogue.bias != nullptr) operands.biases = LoadPack<Width>(epilogue.bias + column);
    if (epilogue.residual != nullptr) {
        operands.residuals = LoadPack<Width>(epilogue.residual + row * columnCount + column);
    }
    return operands;
}

// The results of neighbouring sums of a row.
template <int Width>
DEVICE Pack<Width> Finished(
    const Epilogue& epilogue, Pack<Width, Accumulator> sums, const EpilogueOperands<Width>& operands)
{
    const EpilogueNumbers& numbers = epilogue.numbers;
    const auto each = [&](auto act) { Count<Width>::ForEach([&](int k) { act(sums.value[k], k); }); };
    if (epilogue.factor != nullptr) {
        each([&](Accumulator& sum, int k) { sum *= Accumulator(operands.factors.value[k]); });
    }
    if (epilogue.noise != nullptr) each([&](Accumulator& sum, int) { sum += Accumulator(operands.noise); });
    if (epilogue.bias != nullptr) {
        each([&](Accumulator& sum, int k) { sum += Accumulator(operands.biases.value[k]); });
    }
    if (IsStraight(numbers)) {
        const Accumulator slope = SlopeOf(numbers);
        each([&](Accumulator& sum, int) { sum = sum > 0 ? sum : slope * sum; });
    } else {
        ActivateEach<Width>(numbers.function, sums, numbers.slope);
    }
    each([&](Accumulator& sum, int) {
        // Two steps without a branch, which leave a NaN as it is.
        const Accumulator value = numbers.gain * sum;
        const Accumulator low = value > numbers.limit ? numbers.limit : value;
        sum = low < -numbers.limit ? -numbers.limit : low;
    });
    if (epilogue.residual != nullptr) {
        each([&](Accumulator& sum, int k) { sum += Accumulator(operands.residuals.value[k]); });
    }
    Pack<Width> results;
    each([&](Accumulator& sum, int k) { results.value[k] = Scalar(sum); });
    return results;
}

// Likewise, with all that is read.
template <int Width>
DEVICE Pack<Width> Finished(
    const Epilogue& epilogue, const Pack<Width, Accumulator>& sums, Int64 row, int column, int columnCount)
{
    return Finished<Width>(epilogue, sums, OperandsOf<Width>(epilogue, row, column, columnCount));
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
    if (!IsStraight(numbers)) {
        for (int i = 0; i < count; i++) y[i] = Finished(epilogue, y[i], row, first + i, columnCount);
        return;
    }

    const Number slope = SlopeOf(numbers), gain = numbers.gain, limit = numbers.limit;
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
