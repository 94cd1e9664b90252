// Epilogue: what is applied to a sum of products before it is stored, in the order of StyleGAN's layers.
//   z[r,n] = scale sum[r,n] factor[r / factorRows, n] + noise[r] + bias[n]
//   y[r,n] = clamp(gain f(z[r,n]), -limit, limit) + residual[r,n]
// Any of factor, noise, bias and residual may be null. Source: Karras et al. 2020, StyleGAN2, appendix B.
#pragma once
#include "Common/Activations.cuh"
#include "Common/Rows.cuh"  // Pack, Quotient

// The scalars of an epilogue; EpilogueParameters in C# has the same layout.
struct EpilogueParameters {
    int function;  // index of the activation, as in the switch below
    float slope;   // of a piecewise linear function, below zero
    float gain;
    float lower, limit;  // of the results; lower is -limit, or 0 for ReLU, whose slope then is 1
    float scale;
    int factorRows;
};

struct Epilogue {
    const Scalar* factor;
    const Scalar* noise;
    const Scalar* bias;
    const Scalar* residual;
    EpilogueParameters parameters;
};

// Whether the sums are the results.
DEVICE bool IsNone(const Epilogue& epilogue)
{
    const EpilogueParameters& parameters = epilogue.parameters;
    return epilogue.factor == nullptr && epilogue.noise == nullptr && epilogue.bias == nullptr
        && epilogue.residual == nullptr && parameters.function == 0 && parameters.gain == 1
        && parameters.limit == Infinity() && parameters.scale == 1;
}

// The piecewise linear functions, whose two parts meet at zero.
DEVICE bool IsPiecewiseLinear(const EpilogueParameters& parameters) { return parameters.function <= 2; }

template <int Width, typename Function> DEVICE void ReplaceEach(Pack<Width, Accumulator>& z, Function function)
{
    Count<Width>::ForEach([&](int k) { z.value[k] = function(z.value[k]); });
}

// Applies one of the other functions to each element of a pack: the switch is taken once for all of them.
template <int Width>
DEVICE void ActivateEach(int function, Pack<Width, Accumulator>& z, Accumulator slope)
{
    switch (function) {
        case 3: ReplaceEach(z, [=](Accumulator value) { return HyperbolicTangent<0>(value, slope); }); break;
        case 4: ReplaceEach(z, [=](Accumulator value) { return Sigmoid<0>(value, slope); }); break;
        case 5: ReplaceEach(z, [=](Accumulator value) { return Elu<0>(value, slope); }); break;
        case 6: ReplaceEach(z, [=](Accumulator value) { return Selu<0>(value, slope); }); break;
        case 7: ReplaceEach(z, [=](Accumulator value) { return Softplus<0>(value, slope); }); break;
        case 8: ReplaceEach(z, [=](Accumulator value) { return Swish<0>(value, slope); }); break;
        case 9: ReplaceEach(z, [=](Accumulator value) { return Gelu<0>(value, slope); }); break;
        case 10: ReplaceEach(z, [=](Accumulator value) { return QuickGelu<0>(value, slope); }); break;
    }
}

// Offset of a row's factors, in elements.
DEVICE Int64 FactorsAt(const Epilogue& epilogue, Int64 row, int columnCount)
{
    return epilogue.factor == nullptr ? 0 : Quotient(row, epilogue.parameters.factorRows) * columnCount;
}

// The operands of Width neighbouring results of a row, as far as they are not null. Width > 1 only where the first
// column and the addresses are multiples of a pack.
template <int Width> struct EpilogueOperands {
    RawPack<Width> factors, biases, residuals;
    Scalar noise;

    // Each loads from element `at` on: factors, which some rows share; biases, which all rows share; the residual and
    // the noise of one row.
    MEMBER void LoadFactors(const Epilogue& epilogue, Int64 at)
    {
        if (epilogue.factor != nullptr) factors.Load(epilogue.factor + at);
    }
    MEMBER void LoadBiases(const Epilogue& epilogue, int at)
    {
        if (epilogue.bias != nullptr) biases.Load(epilogue.bias + at);
    }
    MEMBER void LoadRow(const Epilogue& epilogue, Int64 row, Int64 at)
    {
        if (epilogue.residual != nullptr) residuals.Load(epilogue.residual + at);
        if (epilogue.noise != nullptr) noise = epilogue.noise[row];
    }
};

// Turns neighbouring sums of a row into results. Without AnyActivation, the function is known to be piecewise linear,
// and the long code of the others is left out.
template <int Width, bool AnyActivation = true>
DEVICE Pack<Width> ApplyEpilogue(
    const Epilogue& epilogue, Pack<Width, Accumulator> sums, const EpilogueOperands<Width>& operands)
{
    const EpilogueParameters& parameters = epilogue.parameters;
    const auto each = [&](auto act) { Count<Width>::ForEach([&](int k) { act(sums.value[k], k); }); };
    each([&](Accumulator& sum, int) { sum *= parameters.scale; });
    if (epilogue.factor != nullptr) {
        const Pack<Width> factors = operands.factors.Unpack();
        each([&](Accumulator& sum, int k) { sum *= Accumulator(factors.value[k]); });
    }
    if (epilogue.noise != nullptr) each([&](Accumulator& sum, int) { sum += Accumulator(operands.noise); });
    if (epilogue.bias != nullptr) {
        const Pack<Width> biases = operands.biases.Unpack();
        each([&](Accumulator& sum, int k) { sum += Accumulator(biases.value[k]); });
    }
    if (!AnyActivation || IsPiecewiseLinear(parameters)) {
        const Accumulator slope = parameters.slope;
        each([&](Accumulator& sum, int) { sum = sum > 0 ? sum : slope * sum; });
    } else if constexpr (AnyActivation) {
        ActivateEach<Width>(parameters.function, sums, parameters.slope);
    }
    each([&](Accumulator& sum, int) {
        sum = Clamped(parameters.gain * sum, Accumulator(parameters.lower), Accumulator(parameters.limit));
    });
    if (epilogue.residual != nullptr) {
        const Pack<Width> residuals = operands.residuals.Unpack();
        each([&](Accumulator& sum, int k) { sum += Accumulator(residuals.value[k]); });
    }
    Pack<Width> results;
    each([&](Accumulator& sum, int k) { results.value[k] = Scalar(sum); });
    return results;
}

// Likewise, loading the operands too.
template <int Width>
DEVICE Pack<Width> ApplyEpilogue(
    const Epilogue& epilogue, const Pack<Width, Accumulator>& sums, Int64 row, int column, int columnCount)
{
    EpilogueOperands<Width> operands;
    operands.LoadFactors(epilogue, FactorsAt(epilogue, row, columnCount) + column);
    operands.LoadBiases(epilogue, column);
    operands.LoadRow(epilogue, row, row * columnCount + column);
    return ApplyEpilogue<Width>(epilogue, sums, operands);
}

// The result of one sum.
DEVICE Scalar ApplyEpilogue(const Epilogue& epilogue, Accumulator sum, Int64 row, int column, int columnCount)
{
    return ApplyEpilogue<1>(epilogue, Pack<1, Accumulator>{{sum}}, row, column, columnCount).value[0];
}

// Applies the epilogue to some columns of a row in place, for a kernel in which one thread has the row: sums in y
// become results. For piecewise linear functions, the loops are such that a CPU's compiler vectorises them.
template <typename Number>
DEVICE void ApplyEpilogueToRow(const Epilogue& epilogue, Number* y, Int64 row, int first, int count, int columnCount)
{
    const EpilogueParameters& parameters = epilogue.parameters;
    if (!IsPiecewiseLinear(parameters)) {
        for (int i = 0; i < count; i++) y[i] = ApplyEpilogue(epilogue, y[i], row, first + i, columnCount);
        return;
    }

    const Number slope = parameters.slope, gain = parameters.gain;
    const Number lower = parameters.lower, limit = parameters.limit;
    if (parameters.scale != 1) {
        for (int i = 0; i < count; i++) y[i] *= parameters.scale;
    }
    if (epilogue.factor != nullptr) {
        const Scalar* factor = epilogue.factor + row / parameters.factorRows * columnCount + first;
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
        y[i] = value > limit ? limit : value < lower ? lower : value;
    }
    if (epilogue.residual != nullptr) {
        const Scalar* residual = epilogue.residual + row * columnCount + first;
        for (int i = 0; i < count; i++) y[i] += residual[i];
    }
}
