// HostAttention: the building blocks of attention on the CPU. Tokens are the lanes of two vectors: a row of logits is a
// key and its columns are queries, so that maxima and sums over keys need no shuffles between lanes, and channels are
// rows of a product, whose number needs no padding.
#pragma once
#include "Attention/AttentionPlan.cuh"
#include "MatrixProduct/HostProduct.cuh"
#include "Convolution/HostVector.cuh"

// The micro-kernel's tile: tokens in two vectors, and rows whose sums are kept in registers (24 of 32, or 12 of 16).
constexpr int Columns = 2 * Lanes;
constexpr int StripRows = Registers == 32 ? 12 : 6;

typedef decltype(Vector{} < Vector{}) Mask;

// e^x in every lane, for x up to about 0; results below the smallest normal number become 0. The series is as long as
// the type's precision needs.
DEVICE Vector Exponential(Vector x)
{
    constexpr bool isDouble = sizeof(Scalar) == 8;
    constexpr int Terms = isDouble ? 13 : 7, MantissaBits = isDouble ? 52 : 23, Bias = isDouble ? 1023 : 127;
    constexpr Scalar least = isDouble ? -708 : -87;
    constexpr double inverse[14] = {
        1, 1, 1. / 2, 1. / 6, 1. / 24, 1. / 120, 1. / 720, 1. / 5040, 1. / 40320, 1. / 362880, 1. / 3628800,
        1. / 39916800, 1. / 479001600, 1. / 6227020800};
    const Mask exponent = __builtin_convertvector(x * Scalar(1.4426950408889634) - Scalar(0.5), Mask);
    const Vector rest = x - __builtin_convertvector(exponent, Vector) * Scalar(0.6931471805599453);
    Vector series = Vector{} + Scalar(inverse[Terms]);
#pragma GCC unroll 16
    for (int term = Terms - 1; term >= 0; term--) series = series * rest + Scalar(inverse[term]);
    const Vector power = (Vector)((exponent + Bias) << MantissaBits);
    return (Vector)((Mask)(series * power) & ~(x < least));
}

DEVICE Vector LaneMaximum(Vector a, Vector b)
{
    const Mask isGreater = a > b;
    return (Vector)(((Mask)a & isGreater) | ((Mask)b & ~isGreater));
}

template <int Rows>
DEVICE void MultiplyStrip(
    const Scalar* a, Int64 lda, const Scalar* b, int depth, const Scalar* factor, Scalar* c)
{
    Vector sum[Rows][2];
    const Vector first = factor == nullptr ? Vector{} : Load(factor);
    const Vector second = factor == nullptr ? Vector{} : Load(factor + Lanes);
#pragma GCC unroll 16
    for (int i = 0; i < Rows; i++) {
        sum[i][0] = factor == nullptr ? Vector{} : Load(c + i * Columns) * first;
        sum[i][1] = factor == nullptr ? Vector{} : Load(c + i * Columns + Lanes) * second;
    }
    for (int p = 0; p < depth; p++) {
        const Vector left = Load(b + p * Columns), right = Load(b + p * Columns + Lanes);
#pragma GCC unroll 16
        for (int i = 0; i < Rows; i++) {
            sum[i][0] += a[p * lda + i] * left;
            sum[i][1] += a[p * lda + i] * right;
        }
    }
#pragma GCC unroll 16
    for (int i = 0; i < Rows; i++) {
        Store(c + i * Columns, sum[i][0]);
        Store(c + i * Columns + Lanes, sum[i][1]);
    }
}

template <int Rows>
DEVICE void MultiplyRest(
    int rows, const Scalar* a, Int64 lda, const Scalar* b, int depth, const Scalar* factor, Scalar* c)
{
    if (rows == Rows) MultiplyStrip<Rows>(a, lda, b, depth, factor, c);
    else if constexpr (Rows > 1) MultiplyRest<Rows - 1>(rows, a, lda, b, depth, factor, c);
}

// c[row,column] = factor[column] c[row,column] + sum over p of a[p,row] b[p,column] for all Columns; a null factor
// stands for zeros, whatever c holds.
__attribute__((noinline)) static void Multiply(
    int rows, const Scalar* a, Int64 lda, const Scalar* b, int depth, const Scalar* factor, Scalar* c)
{
    int row = 0;
    for (; row + StripRows <= rows; row += StripRows) {
        MultiplyStrip<StripRows>(a + row, lda, b, depth, factor, c + row * Columns);
    }
    if (row < rows) MultiplyRest<StripRows - 1>(rows - row, a + row, lda, b, depth, factor, c + row * Columns);
}

// Transposes tokens [count, channels], a stride apart, to columns [channels, width]: to[c,t] = factor from[t,c], zeros
// for t >= count.
static void PackTokens(
    const Scalar* from, int count, Int64 stride, int channels, Scalar factor, Scalar* to, int width)
{
    const int wholeTokens = count / Lanes * Lanes, wholeChannels = channels / Lanes * Lanes;
    for (int token = 0; token < wholeTokens; token += Lanes) {
        for (int channel = 0; channel < wholeChannels; channel += Lanes) {
            Vector rows[Lanes];
            for (int i = 0; i < Lanes; i++) rows[i] = Load(from + (token + i) * stride + channel) * factor;
            Transpose(rows);
            for (int i = 0; i < Lanes; i++) Store(to + (channel + i) * width + token, rows[i]);
        }
    }
    for (int channel = 0; channel < channels; channel++) {
        const int first = channel < wholeChannels ? wholeTokens : 0;
        for (int token = first; token < count; token++) {
            to[channel * width + token] = from[token * stride + channel] * factor;
        }
        for (int token = count; token < width; token++) to[channel * width + token] = 0;
    }
}

// The inverse for columns [channels, Columns]: to[t,c] = factor[t] from[c,t].
static void UnpackTokens(
    const Scalar* from, int count, Int64 stride, int channels, const Scalar* factor, Scalar* to)
{
    const int wholeTokens = count / Lanes * Lanes, wholeChannels = channels / Lanes * Lanes;
    for (int token = 0; token < wholeTokens; token += Lanes) {
        const Vector scale = Load(factor + token);
        for (int channel = 0; channel < wholeChannels; channel += Lanes) {
            Vector rows[Lanes];
            for (int i = 0; i < Lanes; i++) rows[i] = Load(from + (channel + i) * Columns + token) * scale;
            Transpose(rows);
            for (int i = 0; i < Lanes; i++) Store(to + (token + i) * stride + channel, rows[i]);
        }
    }
    for (int token = 0; token < count; token++) {
        const int first = token < wholeTokens ? wholeChannels : 0;
        for (int channel = first; channel < channels; channel++) {
            to[token * stride + channel] = from[channel * Columns + token] * factor[token];
        }
    }
}
