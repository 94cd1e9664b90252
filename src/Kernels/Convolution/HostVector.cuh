// HostVector: the vectors of the processor at hand, for the convolutions of the CPU.
#pragma once

#if defined(__AVX512F__)
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

// Copies `count` elements, at most a vector of them, in pieces of fixed sizes: one of any size would be a call.
template <int Size = Lanes> DEVICE void CopyPart(Scalar* to, const Scalar* from, int count)
{
    if (count >= Size) memcpy(to, from, sizeof(Scalar) * Size);
    const int copied = count >= Size ? Size : 0;
    if constexpr (Size > 1) {
        if (copied < Lanes) CopyPart<Size / 2>(to + copied, from + copied, count - copied);
    }
}

template <int Half> DEVICE void ExchangeHalves(Vector* rows)
{
    decltype(Vector{} < Vector{}) low, high;
    for (int lane = 0; lane < Lanes; lane++) {
        low[lane] = lane & Half ? Lanes + lane - Half : lane;
        high[lane] = lane & Half ? Lanes + lane : lane + Half;
    }
#pragma GCC unroll 16
    for (int i = 0; i < Lanes; i++) {
        if (i & Half) continue;
        const Vector first = rows[i], second = rows[i + Half];
        rows[i] = __builtin_shuffle(first, second, low);
        rows[i + Half] = __builtin_shuffle(first, second, high);
    }
    if constexpr (Half > 1) ExchangeHalves<Half / 2>(rows);
}

// Exchanges rows and columns of as many vectors as a vector has lanes.
DEVICE void Transpose(Vector* rows) { ExchangeHalves<Lanes / 2>(rows); }
