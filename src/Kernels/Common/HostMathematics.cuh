// HostMathematics: functions of float for the CPU, free of calls and branches, so that loops over them vectorise: the C
// library takes one element at a time. Each is accurate to 2 ULP where the result is a normal number. Polynomials are
// near-minimax fits on the interval named. Fused multiply-adds and bit operations stand where the compiler, which may
// reassociate sums, must not.
#pragma once

DEVICE float Fused(float a, float b, float c) { return __builtin_fmaf(a, b, c); }

DEVICE float PowerOfTwo(int exponent) { return BitsToFloat(unsigned(exponent + 127) << 23); }

// (e^r - 1 - r) / r^2 for |r| <= ln(2) / 2.
DEVICE float ExpPolynomial(float r)
{
    float p = Fused(0.0013926376f, r, 0.00836333308f);
    p = Fused(p, r, 0.0416665535f);
    p = Fused(p, r, 0.166665761f);
    return Fused(p, r, 0.5f);
}

// e^x = 2^n e^r with n = x / ln 2, rounded. Half of n goes into the exponent of e^r and half into a factor, so that
// subnormal and infinite results come out right.
DEVICE float HostExp(float x)
{
    const float bounded = x > -104.0f ? (x < 89.0f ? x : 89.0f) : -104.0f;
    const float n = __builtin_rintf(bounded * 1.44269504f);
    const float r = Fused(n, 1.9046543e-9f, Fused(n, -0.6931471824645996f, bounded));
    const float p = Fused(ExpPolynomial(r) * r, r, r) + 1.0f;
    const int exponent = int(n);
    const int half = exponent >> 1;
    const float scaled = BitsToFloat(FloatToBits(p) + (unsigned(half) << 23)) * PowerOfTwo(exponent - half);
    return x == x ? scaled : x;
}

// 1 / (1 + e^-x). x is clamped to [-87, 87], where the exponential is a normal number and its exponent cannot overflow.
DEVICE float HostSigmoid(float x)
{
    const float raised = -87.0f > x ? -87.0f : x;  // in this order a NaN passes through, without an extra instruction
    const float bounded = 87.0f < raised ? 87.0f : raised;
    const float n = __builtin_rintf(bounded * -1.44269504f);
    const float r = Fused(n, 1.9046543e-9f, Fused(n, -0.6931471824645996f, -bounded));
    const float p = Fused(ExpPolynomial(r) * r, r, r) + 1.0f;
    return 1.0f / (1.0f + BitsToFloat(FloatToBits(p) + (unsigned(int(n)) << 23)));
}

DEVICE float HostExpMinusOne(float x)
{
    const float small = Fused(ExpPolynomial(x) * x, x, x);
    const float large = HostExp(x) - 1.0f;
    return x > -0.3475f && x < 0.3475f ? small : large;
}

// ln(1 + x) = n ln 2 + ln(1 + f), where f = 2^-n (1 + x) - 1 is rounded once; beyond 2^60 the 1 is negligible.
DEVICE float HostLogOnePlus(float x)
{
    const unsigned bits = FloatToBits(1.0f + x);
    const int n = int(bits - 0x3F3504F3u) >> 23;  // so that 1 + f lies between sqrt(1/2) and sqrt(2)
    const float scale = PowerOfTwo(-n);
    const float mantissa = BitsToFloat(bits - (unsigned(n) << 23));
    const float f = n > 60 ? mantissa - 1.0f : Fused(x, scale, scale - 1.0f);
    float p = Fused(-0.079008853f, f, 0.126218867f);
    p = Fused(p, f, -0.129985282f);
    p = Fused(p, f, 0.142145544f);
    p = Fused(p, f, -0.166412625f);
    p = Fused(p, f, 0.200010432f);
    p = Fused(p, f, -0.250003067f);
    p = Fused(p, f, 0.333333307f);
    const float logarithm = Fused(float(n), 0.6931471824645996f, Fused(Fused(p, f, -0.5f) * f, f, f));
    const float infinite = BitsToFloat(0x7F800000u);
    const float outside = x == -1.0f ? -infinite : x > -1.0f ? x : BitsToFloat(0x7FC00000u);
    return x > -1.0f && x < infinite ? logarithm : x == x ? outside : x;
}

DEVICE float HostTanh(float x)
{
    const float magnitude = __builtin_fabsf(x);
    const float square = x * x;
    float p = Fused(-0.00609671417f, square, 0.020997179f);
    p = Fused(p, square, -0.0538509096f);
    p = Fused(p, square, 0.133327697f);
    p = Fused(p, square, -0.333333289f);
    const float small = Fused(p * square, x, x);
    const float large = 1.0f - 2.0f / (HostExp(2.0f * magnitude) + 1.0f);
    return magnitude < 0.625f ? small : x < 0.0f ? -large : large;
}
