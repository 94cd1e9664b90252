// HostLanes: vectors whose lanes are channels, with lane masks, for filters on the CPU. A vector has 64 bytes; on
// processors with narrower registers the compiler splits it.
#pragma once

#include <cstring>
#if defined(__AVX512F__) && defined(__AVX512DQ__)
#include <immintrin.h>
#endif

constexpr int VectorBytes = 64;
constexpr int Lanes = VectorBytes / sizeof(Scalar);  // 16 or 8

typedef Scalar Vector __attribute__((vector_size(VectorBytes)));

template <int Count> struct BitsOfLanes { using Type = UInt16; };
template <> struct BitsOfLanes<8> { using Type = UInt8; };
using LaneBits = BitsOfLanes<Lanes>::Type;
constexpr int BitsOfWord = 4 / sizeof(LaneBits);  // LaneBits per 32-bit word

// Loads the first `count` lanes; the others are zero.
DEVICE Vector Load(const Scalar* from, int count)
{
    Vector result = {};
    if (count == Lanes) {
        memcpy(&result, from, sizeof result);
    } else {
        for (int i = 0; i < count; i++) result[i] = from[i];
    }
    return result;
}

DEVICE void Store(Scalar* to, Vector value, int count)
{
    if (count == Lanes) {
        memcpy(to, &value, sizeof value);
    } else {
        for (int i = 0; i < count; i++) to[i] = value[i];
    }
}

#if defined(__AVX512F__) && defined(__AVX512DQ__)
DEVICE unsigned NotPositive(__m512 v) { return _mm512_cmp_ps_mask(v, _mm512_setzero_ps(), _CMP_NGT_UQ); }
DEVICE unsigned NotPositive(__m512d v) { return _mm512_cmp_pd_mask(v, _mm512_setzero_pd(), _CMP_NGT_UQ); }

DEVICE unsigned NotWithin(__m512 v, float limit)
{
    return _mm512_cmp_ps_mask(_mm512_abs_ps(v), _mm512_set1_ps(limit), _CMP_GE_OQ);
}

DEVICE unsigned NotWithin(__m512d v, double limit)
{
    return _mm512_cmp_pd_mask(_mm512_abs_pd(v), _mm512_set1_pd(limit), _CMP_GE_OQ);
}

// Multiplies the lanes whose bit is set.
DEVICE __m512 ScaleWhere(unsigned bits, __m512 v, float factor)
{
    return _mm512_mask_mul_ps(v, __mmask16(bits), v, _mm512_set1_ps(factor));
}

DEVICE __m512d ScaleWhere(unsigned bits, __m512d v, double factor)
{
    return _mm512_mask_mul_pd(v, __mmask8(bits), v, _mm512_set1_pd(factor));
}

DEVICE __m512 ZeroWhere(unsigned bits, __m512 v) { return _mm512_maskz_mov_ps(__mmask16(~bits), v); }
DEVICE __m512d ZeroWhere(unsigned bits, __m512d v) { return _mm512_maskz_mov_pd(__mmask8(~bits), v); }
#else
DEVICE unsigned NotPositive(Vector v)
{
    unsigned bits = 0;
    for (int i = 0; i < Lanes; i++) bits |= unsigned(!(v[i] > 0)) << i;
    return bits;
}

DEVICE unsigned NotWithin(Vector v, Scalar limit)
{
    unsigned bits = 0;
    for (int i = 0; i < Lanes; i++) bits |= unsigned(v[i] >= limit || v[i] <= -limit) << i;
    return bits;
}

DEVICE Vector ScaleWhere(unsigned bits, Vector v, Scalar factor)
{
    for (int i = 0; i < Lanes; i++) v[i] = bits >> i & 1 ? v[i] * factor : v[i];
    return v;
}

DEVICE Vector ZeroWhere(unsigned bits, Vector v)
{
    for (int i = 0; i < Lanes; i++) v[i] = bits >> i & 1 ? Scalar(0) : v[i];
    return v;
}
#endif
