// Half: the two 16-bit float types, as structures of two bytes that convert to float and back, rounding to nearest
// even. Kernels compute in float and only load and store them.
#pragma once

#if defined(__CUDACC_RTC__)
// NVRTC's own intrinsics: whether it knows the builtin that the other compilers share depends on its version.
DEVICE float BitsToFloat(unsigned bits) { return __uint_as_float(bits); }
DEVICE unsigned FloatToBits(float value) { return __float_as_uint(value); }
DEVICE double BitsToDouble(UInt64 bits) { return __longlong_as_double((long long)bits); }
DEVICE UInt64 DoubleToBits(double value) { return (UInt64)__double_as_longlong(value); }
#else
DEVICE float BitsToFloat(unsigned bits) { return __builtin_bit_cast(float, bits); }
DEVICE unsigned FloatToBits(float value) { return __builtin_bit_cast(unsigned, value); }
DEVICE double BitsToDouble(UInt64 bits) { return __builtin_bit_cast(double, bits); }
DEVICE UInt64 DoubleToBits(double value) { return __builtin_bit_cast(UInt64, value); }
#endif

#if defined(GK_HOST) || defined(GK_SIMT)
#define MEMBER __forceinline__
#else
#define MEMBER __device__ __forceinline__
#endif

struct Half {
    UInt16 bits;

    Half() = default;
    MEMBER Half(float value) : bits(FromFloat(value)) {}
    MEMBER operator float() const { return ToFloat(bits); }

#if defined(GK_HOST) || defined(GK_SIMT)
    // Subnormals come out right because a float multiplication adjusts the exponent; branch-free, so that it
    // vectorises.
    static MEMBER float ToFloat(UInt16 half)
    {
        const unsigned magnitude = (unsigned(half) & 0x7FFF) << 13;
        const float scaled = BitsToFloat(magnitude) * 0x1p112f;
        const unsigned special = magnitude >= 0x0F800000u ? 0x7F800000u | magnitude : FloatToBits(scaled);
        return BitsToFloat(special | (unsigned(half) & 0x8000) << 16);
    }

    static MEMBER UInt16 FromFloat(float value)
    {
        const unsigned bits = FloatToBits(value);
        const unsigned magnitude = bits & 0x7FFFFFFF;
        // Adding this power of two shifts the bits of a subnormal into place, rounded by the addition itself.
        const unsigned subnormal = FloatToBits(BitsToFloat(magnitude) + 0.5f) - 0x3F000000u;
        const unsigned normal = (magnitude - 0x38000000u + 0x0FFF + ((magnitude >> 13) & 1)) >> 13;
        const unsigned finite = magnitude < 0x38800000u ? subnormal : normal;
        const unsigned large = magnitude > 0x7F800000u ? 0x7E00u : 0x7C00u;
        return UInt16((magnitude >= 0x477FF000u ? large : finite) | (bits >> 16 & 0x8000));
    }
#else
    static MEMBER float ToFloat(UInt16 half)
    {
        float value;
        asm("cvt.f32.f16 %0, %1;" : "=f"(value) : "h"(half));
        return value;
    }

    static MEMBER UInt16 FromFloat(float value)
    {
        UInt16 half;
        asm("cvt.rn.f16.f32 %0, %1;" : "=h"(half) : "f"(value));
        return half;
    }
#endif
};

struct BFloat16 {
    UInt16 bits;

    BFloat16() = default;
    MEMBER BFloat16(float value) : bits(FromFloat(value)) {}
    MEMBER operator float() const { return BitsToFloat(unsigned(bits) << 16); }

#if defined(GK_HOST) || defined(GK_SIMT)
    static MEMBER UInt16 FromFloat(float value)
    {
        const unsigned bits = FloatToBits(value);
        const unsigned rounded = (bits + 0x7FFF + (bits >> 16 & 1)) >> 16;
        return UInt16((bits & 0x7FFFFFFF) > 0x7F800000u ? 0x7FC0u : rounded);
    }
#else
    static MEMBER UInt16 FromFloat(float value)
    {
        UInt16 rounded;
        asm("cvt.rn.bf16.f32 %0, %1;" : "=h"(rounded) : "f"(value));
        return rounded;
    }
#endif
};
