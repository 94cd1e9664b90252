// Philox: random bits, integers, uniform and normal numbers.
//   word w of counter c belongs to element 4 c + w of the draw, whatever the launch and the device
//   bits      y = word
//   integers  y = low + floor(word range / 2^32)
//   uniform   y = the upper k bits of the word / 2^k, k the bits that Scalar holds exactly, at most 24
//   normal    y = sqrt(-2 ln u) (cos 2 pi v, sin 2 pi v), u and v from words 0 and 1, and from words 2 and 3
//
// Shapes   y: n elements, contiguous; state: [3], the key and the counter's lower and upper 64 bits
// Types    stored as Scalar, bits and integers as int; computed in Accumulator
// Launch   one block for every ElementsPerBlock elements; any block size. A draw takes ceil(n / 4) counters;
//          PhiloxAdvance moves the state past them afterwards, on the device, so that each replay of a recorded step
//          draws new numbers
// Cost     writes n: bound by memory for bits and uniform, by arithmetic for normal
// Limits   integers: the relative error of each probability is below range / 2^32; normal: below 6.8 standard
//          deviations
// Source   Salmon et al. 2011, Parallel Random Numbers; Box and Muller 1958
#include "Common/Prelude.cuh"
#include "Common/Philox.cuh"

constexpr Int64 CountersPerBlock = ElementsPerBlock / WordsPerCounter;

template <typename T> struct UniformBits { static constexpr int Count = 24; };
template <> struct UniformBits<Half> { static constexpr int Count = 11; };
template <> struct UniformBits<BFloat16> { static constexpr int Count = 8; };

template <typename T> struct Four { T value[WordsPerCounter]; };

// Fills y, converting the four words of each counter to four elements.
template <typename T, typename Convert> DEVICE void Draw(const UInt64* state, T* y, Int64 count, Convert convert)
{
    const UInt64 key = state[0], low = state[1], high = state[2];
    const Int64 begin = (Int64)blockIdx.x * CountersPerBlock;
    const Int64 end = Minimum((count + WordsPerCounter - 1) / WordsPerCounter, begin + CountersPerBlock);
    for (Int64 counter = begin + threadIdx.x; counter < end; counter += blockDim.x) {
        const Four<T> four = convert(Philox(low + UInt64(counter), high, key));
        const Int64 first = counter * WordsPerCounter;
        const int size = int(Minimum(count - first, Int64(WordsPerCounter)));
        for (int i = 0; i < size; i++) y[first + i] = four.value[i];
    }
}

KERNEL PhiloxBits(const UInt64* __restrict__ state, int* __restrict__ y, Int64 count)
{
    Draw(state, y, count, [](const PhiloxWords& words) {
        Four<int> four;
        for (int i = 0; i < WordsPerCounter; i++) four.value[i] = int(words.word[i]);
        return four;
    });
}

KERNEL PhiloxIntegers(const UInt64* __restrict__ state, int* __restrict__ y, Int64 count, int low, Int64 range)
{
    Draw(state, y, count, [=](const PhiloxWords& words) {
        Four<int> four;
        for (int i = 0; i < WordsPerCounter; i++) {
            four.value[i] = int(UInt32(low) + UInt32((UInt64(words.word[i]) * UInt64(range)) >> 32));
        }
        return four;
    });
}

KERNEL PhiloxUniform(const UInt64* __restrict__ state, Scalar* __restrict__ y, Int64 count)
{
    Draw(state, y, count, [](const PhiloxWords& words) {
        constexpr int Bits = UniformBits<Scalar>::Count;
        Four<Scalar> four;
        for (int i = 0; i < WordsPerCounter; i++) {
            four.value[i] = Scalar(Accumulator(words.word[i] >> (32 - Bits)) * (Accumulator(1) / (1u << Bits)));
        }
        return four;
    });
}

KERNEL PhiloxNormal(const UInt64* __restrict__ state, Scalar* __restrict__ y, Int64 count)
{
    Draw(state, y, count, [](const PhiloxWords& words) {
        constexpr Accumulator Unit = Accumulator(0x1p-32);
        constexpr Accumulator TwoPi = Accumulator(6.283185307179586);
        Four<Scalar> four;
        for (int i = 0; i < WordsPerCounter; i += 2) {
            // Half a unit keeps the logarithm finite if the word is 0.
            const Accumulator u = Accumulator(words.word[i]) * Unit + Unit / 2;
            const Accumulator angle = TwoPi * (Accumulator(words.word[i + 1]) * Unit);
            const Accumulator radius = Sqrt(-2 * Log(u));
            four.value[i] = Scalar(radius * Cos(angle));
            four.value[i + 1] = Scalar(radius * Sin(angle));
        }
        return four;
    });
}

KERNEL PhiloxAdvance(UInt64* state, Int64 counterCount)
{
    if (blockIdx.x == 0 && threadIdx.x == 0) state[1] += UInt64(counterCount);
}
