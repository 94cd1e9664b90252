// HostVector: SIMD vectors of the widest kind that the compilation's target has, for the convolutions on the CPU.
#pragma once

#include <cstring>
#if defined(__AVX512F__)
#include <immintrin.h>
constexpr int VectorBytes = 64, Registers = 32;
#elif defined(__AVX__)
constexpr int VectorBytes = 32, Registers = 16;
#else
constexpr int VectorBytes = 16, Registers = 32;
#endif
constexpr int Lanes = VectorBytes / sizeof(Scalar);

typedef Scalar Vector __attribute__((vector_size(VectorBytes)));
typedef Scalar UnalignedVector __attribute__((vector_size(VectorBytes), aligned(sizeof(Scalar))));

DEVICE Vector Load(const Scalar* from) { return *reinterpret_cast<const UnalignedVector*>(from); }

DEVICE void Store(Scalar* to, Vector value) { *reinterpret_cast<UnalignedVector*>(to) = value; }

// Non-temporal store, where the processor has one, to an address aligned to a vector: cache lines that are written
// whole and not read soon are not fetched first. OrderStreams orders these stores before the ones that follow.
DEVICE void Stream(Scalar* to, Vector value)
{
    Vector* target = reinterpret_cast<Vector*>(to);
#if defined(__clang__)
    __builtin_nontemporal_store(value, target);
#elif defined(__SSE__)
    typedef float Floats __attribute__((vector_size(VectorBytes)));
    float* floats = reinterpret_cast<float*>(to);
#if defined(__AVX512F__)
    __builtin_ia32_movntps512(floats, Floats(value));
#elif defined(__AVX__)
    __builtin_ia32_movntps256(floats, Floats(value));
#else
    __builtin_ia32_movntps(floats, Floats(value));
#endif
#else
    *target = value;
#endif
}

DEVICE void OrderStreams()
{
#if defined(__SSE__)
    __builtin_ia32_sfence();
#endif
}

// Copies `count` elements, at most a vector of them, in pieces of constant size: a memcpy of variable size would be a
// call.
template <int Size = Lanes> DEVICE void CopyPart(Scalar* to, const Scalar* from, int count)
{
    if (count >= Size) memcpy(to, from, sizeof(Scalar) * Size);
    const int copied = count >= Size ? Size : 0;
    if constexpr (Size > 1) {
        if (copied < Lanes) CopyPart<Size / 2>(to + copied, from + copied, count - copied);
    }
}

// Loads the first `count` lanes and zeroes the others.
DEVICE Vector LoadPart(const Scalar* from, int count)
{
#if defined(__AVX512F__)
    if constexpr (sizeof(Scalar) == 4) return Vector(_mm512_maskz_loadu_ps(__mmask16((1 << count) - 1), from));
    else return Vector(_mm512_maskz_loadu_pd(__mmask8((1 << count) - 1), from));
#else
    Vector result = {};
    CopyPart(reinterpret_cast<Scalar*>(&result), from, count);
    return result;
#endif
}

DEVICE void StorePart(Scalar* to, Vector value, int count)
{
#if defined(__AVX512F__)
    if constexpr (sizeof(Scalar) == 4) _mm512_mask_storeu_ps(to, __mmask16((1 << count) - 1), __m512(value));
    else _mm512_mask_storeu_pd(to, __mmask8((1 << count) - 1), __m512d(value));
#else
    CopyPart(to, reinterpret_cast<const Scalar*>(&value), count);
#endif
}

// The same where `count` mostly is all lanes, or more than that.
DEVICE Vector LoadChannels(const Scalar* from, int count)
{
    return count >= Lanes ? Load(from) : LoadPart(from, count);
}

DEVICE void StoreChannels(Scalar* to, Vector value, int count)
{
    if (count >= Lanes) Store(to, value);
    else StorePart(to, value, count);
}

// Loads `count` lanes; IsWhole: all of them.
template <bool IsWhole> DEVICE Vector Load(const Scalar* from, int count)
{
    return IsWhole ? Load(from) : LoadPart(from, count);
}

template <bool IsWhole> DEVICE void Store(Scalar* to, Vector value, int count)
{
    if (IsWhole) Store(to, value);
    else StorePart(to, value, count);
}

#ifdef __clang__
template <int... Lane> struct LaneList {};
template <int Count, int... Lane> struct MakeLaneList : MakeLaneList<Count - 1, Count - 1, Lane...> {};
template <int... Lane> struct MakeLaneList<0, Lane...> { using Type = LaneList<Lane...>; };

template <int Half, int... Lane> DEVICE void ExchangeHalves(Vector& first, Vector& second, LaneList<Lane...>)
{
    const Vector a = first, b = second;
    first = __builtin_shufflevector(a, b, (Lane & Half ? Lanes + Lane - Half : Lane)...);
    second = __builtin_shufflevector(a, b, (Lane & Half ? Lanes + Lane : Lane + Half)...);
}
#endif

// Exchanges the upper half of every group of 2 * Half lanes of the first vector with the lower half of the second's.
template <int Half> DEVICE void ExchangeHalves(Vector& first, Vector& second)
{
#ifdef __clang__
    ExchangeHalves<Half>(first, second, typename MakeLaneList<Lanes>::Type{});
#else
    decltype(Vector{} < Vector{}) low, high;
    for (int lane = 0; lane < Lanes; lane++) {
        low[lane] = lane & Half ? Lanes + lane - Half : lane;
        high[lane] = lane & Half ? Lanes + lane : lane + Half;
    }
    const Vector a = first, b = second;
    first = __builtin_shuffle(a, b, low);
    second = __builtin_shuffle(a, b, high);
#endif
}

template <int Half> DEVICE void TransposeBlocks(Vector* rows)
{
#pragma GCC unroll 16
    for (int i = 0; i < Lanes; i++) {
        if (!(i & Half)) ExchangeHalves<Half>(rows[i], rows[i + Half]);
    }
    if constexpr (Half > 1) TransposeBlocks<Half / 2>(rows);
}

// Transposes Lanes vectors in place.
DEVICE void Transpose(Vector* rows) { TransposeBlocks<Lanes / 2>(rows); }
