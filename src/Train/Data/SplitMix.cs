namespace GenKernels.Train.Data;

/// <summary>Random numbers that are a pure function of (seed, stream, index).</summary>
/// <remarks>
/// The finaliser M of SplitMix64 (Steele, Lea and Flood 2014, Fast splittable pseudorandom number generators) is a
/// bijection of 64 bits: x ^= x >> 30, times 0xBF58476D1CE4E5B9, x ^= x >> 27, times 0x94D049BB133111EB, x ^= x >> 31.
/// With G = 0x9E3779B97F4A7C15, the number is M(M(M(seed + G) + stream + G) + (index + 1) G) modulo 2^64: for one seed
/// and stream this is the SplitMix64 sequence from a scrambled start, entered at any index.
/// </remarks>
internal static class SplitMix
{
    private const ulong Golden = 0x9E3779B97F4A7C15;

    public static ulong Bits(ulong seed, ulong stream, ulong index) =>
        Scramble(Scramble(Scramble(seed + Golden) + stream + Golden) + (index + 1) * Golden);

    /// <summary>An integer in [0, <paramref name="bound"/>), uniform to within bound / 2^64.</summary>
    public static int Below(int bound, ulong seed, ulong stream, ulong index) =>
        (int)Math.BigMul(Bits(seed, stream, index), (ulong)bound, out _);

    private static ulong Scramble(ulong x)
    {
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
        x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
        return x ^ (x >> 31);
    }
}
