namespace GenKernels.Tests.Runtime.Interop;

/// <summary>
/// The part of <see cref="PretendedCuda"/> that reads and writes numbers of the libraries' data types.
/// </summary>
internal static class PretendedNumbers
{
    internal const string Text = """
        #include <math.h>
        #include <stdint.h>
        #include <string.h>
        enum Kind { Single, Double, Half, Brain, Unknown };
        static int SizeOf(Kind kind) { return kind == Double ? 8 : kind == Single ? 4 : 2; }
        static double OfHalf(uint16_t bits)
        {
            const int exponent = bits >> 10 & 31, fraction = bits & 1023;
            const double size = exponent == 31 ? (fraction ? NAN : INFINITY)
                : exponent ? ldexp(1024 + fraction, exponent - 25) : ldexp(fraction, -24);
            return bits >> 15 ? -size : size;
        }
        static uint16_t ToHalf(double value)
        {
            int exponent;
            frexp(value, &exponent);
            int step = exponent - 11 > -24 ? exponent - 11 : -24;
            int steps = (int)nearbyint(ldexp(fabs(value), -step));
            if (steps == 2048) { steps = 1024; step++; }
            const int sign = value < 0 ? 0x8000 : 0;
            return sign | (step > 5 ? 0x7C00 : steps < 1024 ? steps : (step + 25) << 10 | (steps - 1024));
        }
        static uint32_t Rounded(float value, int droppedBits)
        {
            uint32_t bits;
            memcpy(&bits, &value, 4);
            const uint32_t half = 1u << (droppedBits - 1);
            return (bits + half - 1 + (bits >> droppedBits & 1)) >> droppedBits << droppedBits;
        }
        static double OfBits(uint32_t bits) { float value; memcpy(&value, &bits, 4); return value; }
        static double Load(const void* from, long long index, Kind kind)
        {
            switch (kind) {
            case Single: return ((const float*)from)[index];
            case Double: return ((const double*)from)[index];
            case Half: return OfHalf(((const uint16_t*)from)[index]);
            default: return OfBits((uint32_t)((const uint16_t*)from)[index] << 16);
            }
        }
        static void Store(void* to, long long index, Kind kind, double value)
        {
            switch (kind) {
            case Single: ((float*)to)[index] = (float)value; break;
            case Double: ((double*)to)[index] = value; break;
            case Half: ((uint16_t*)to)[index] = ToHalf(value); break;
            default: ((uint16_t*)to)[index] = Rounded((float)value, 16) >> 16; break;
            }
        }
        // What a tensor core sees of a 32-bit float.
        static double Tf32(double value) { return OfBits(Rounded((float)value, 13)); }
        """;
}
