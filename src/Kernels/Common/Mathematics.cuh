// Mathematics: functions of float and double under one name on every front end. They are precise unless a comment
// states an error bound; a kernel that wants fast versions asks for them explicitly.
#pragma once

#define MATHEMATICS_1(Name, builtin)                              \
    DEVICE float Name(float x) { return __builtin_##builtin##f(x); } \
    DEVICE double Name(double x) { return __builtin_##builtin(x); }

#if defined(__CUDACC_RTC__)
#undef MATHEMATICS_1
#define MATHEMATICS_1(Name, builtin)                    \
    DEVICE float Name(float x) { return builtin##f(x); } \
    DEVICE double Name(double x) { return builtin(x); }
#endif

#if defined(__clang__) && defined(__CUDA__) && !defined(__CUDACC_RTC__)
// Without a CUDA toolkit there is no device library: the functions are declared and left as calls.
#undef MATHEMATICS_1
#define MATHEMATICS_1(Name, builtin)                    \
    extern "C" __device__ float builtin##f(float);      \
    extern "C" __device__ double builtin(double);       \
    DEVICE float Name(float x) { return builtin##f(x); } \
    DEVICE double Name(double x) { return builtin(x); }
#endif

MATHEMATICS_1(Sqrt, sqrt)
MATHEMATICS_1(Log, log)
MATHEMATICS_1(ComplementaryError, erfc)
MATHEMATICS_1(Sin, sin)
MATHEMATICS_1(Cos, cos)
MATHEMATICS_1(Floor, floor)
MATHEMATICS_1(Absolute, fabs)

#if defined(GK_HOST) || defined(GK_SIMT)
#include "Common/HostMathematics.cuh"
#undef MATHEMATICS_1
#define MATHEMATICS_1(Name, builtin)                      \
    DEVICE float Name(float x) { return Host##Name(x); }  \
    DEVICE double Name(double x) { return __builtin_##builtin(x); }
#endif

MATHEMATICS_1(Exp, exp)
MATHEMATICS_1(ExpMinusOne, expm1)
MATHEMATICS_1(LogOnePlus, log1p)
MATHEMATICS_1(Tanh, tanh)

#undef MATHEMATICS_1

// A GPU's reciprocal instructions are accurate to 1 or 2 ULP; rounding as a division does takes a branch, which keeps a
// thread's independent computations from overlapping. Subnormals count as 0.
#if defined(GK_HOST) || defined(GK_SIMT)
DEVICE float Reciprocal(float x) { return 1 / x; }
DEVICE float ReciprocalSqrt(float x) { return 1 / Sqrt(x); }
DEVICE float Sigmoid(float x) { return HostSigmoid(x); }
#else
DEVICE float Reciprocal(float x)
{
    float y;
    asm("rcp.approx.ftz.f32 %0, %1;" : "=f"(y) : "f"(x));
    return y;
}
DEVICE float ReciprocalSqrt(float x)
{
    float y;
    asm("rsqrt.approx.ftz.f32 %0, %1;" : "=f"(y) : "f"(x));
    return y;
}
DEVICE float Sigmoid(float x) { return Reciprocal(1 + Exp(-x)); }
#endif
DEVICE double Reciprocal(double x) { return 1 / x; }
DEVICE double ReciprocalSqrt(double x) { return 1 / Sqrt(x); }
DEVICE double Sigmoid(double x) { return 1 / (1 + Exp(-x)); }

// Functions that are single GPU instructions: powers of two, accurate to 2 ULP, and the greater of two numbers; of a
// number and a NaN, the number.
#if defined(GK_HOST) || defined(GK_SIMT)
DEVICE float PowerOfTwo(float x) { return __builtin_exp2f(x); }
DEVICE float MaximumNumber(float a, float b) { return __builtin_fmaxf(a, b); }
#else
DEVICE float MaximumNumber(float a, float b)
{
    float y;
    asm("max.f32 %0, %1, %2;" : "=f"(y) : "f"(a), "f"(b));
    return y;
}
DEVICE float PowerOfTwo(float x)
{
    float y;
    asm("ex2.approx.ftz.f32 %0, %1;" : "=f"(y) : "f"(x));
    return y;
}
#endif

// Clamps to [lower, upper]; NaN stays NaN.
DEVICE double Clamped(double x, double lower, double upper)
{
    const double below = x > upper ? upper : x;
    return below < lower ? lower : below;
}
#if defined(GK_HOST) || defined(GK_SIMT)
DEVICE float Clamped(float x, float lower, float upper)
{
    const float below = x > upper ? upper : x;
    return below < lower ? lower : below;
}
#else
DEVICE float Clamped(float x, float lower, float upper)
{
    float below, y;
    asm("min.NaN.f32 %0, %1, %2;" : "=f"(below) : "f"(x), "f"(upper));
    asm("max.NaN.f32 %0, %1, %2;" : "=f"(y) : "f"(below), "f"(lower));
    return y;
}
#endif

constexpr float LogarithmOfE = 1.4426950408889634f;  // to base 2

// From its bits: NVRTC has no header that names it, and need not know the other compilers' builtin.
DEVICE float Infinity() { return BitsToFloat(0x7F800000u); }

template <typename T> DEVICE T Minimum(T a, T b) { return a < b ? a : b; }
template <typename T> DEVICE T Maximum(T a, T b) { return a > b ? a : b; }

// Of a float and a NaN, the maximum is a NaN, in either order.
DEVICE double Maximum(double a, double b) { return (a > b) | (a != a) ? a : b; }
#if defined(GK_HOST) || defined(GK_SIMT)
DEVICE float Maximum(float a, float b) { return (a > b) | (a != a) ? a : b; }
#else
DEVICE float Maximum(float a, float b)
{
    float y;
    asm("max.NaN.f32 %0, %1, %2;" : "=f"(y) : "f"(a), "f"(b));
    return y;
}
#endif
