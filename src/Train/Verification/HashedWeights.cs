using System.Text;

namespace GenKernels.Train.Verification;

/// <summary>Weights generated with integer arithmetic, so that every language gets the same bits without storing
/// them.</summary>
/// <remarks>
/// A tensor's name gives a 64-bit FNV-1a hash, element i adds i + 1 golden-ratio steps to it, the mixer of SplitMix64
/// (Steele, Lea and Flood 2014) scrambles the sum, and its upper 24 bits become a float in [-1, 1).
/// </remarks>
internal static class HashedWeights
{
    private const ulong FnvBasis = 0xCBF29CE484222325, FnvPrime = 0x100000001B3;
    private const ulong GoldenStep = 0x9E3779B97F4A7C15;
    private const ulong FirstMultiplier = 0xBF58476D1CE4E5B9, SecondMultiplier = 0x94D049BB133111EB;

    /// <summary>Fills a tensor with values uniform in [offset - scale, offset + scale).</summary>
    /// <param name="values">The elements in row-major order.</param>
    /// <param name="salt">Salt of a set of tensors.</param>
    /// <param name="key">Name of the tensor.</param>
    /// <param name="offset">The mean.</param>
    /// <param name="scale">Half the width of the interval.</param>
    internal static void Fill(Span<float> values, string salt, string key, float offset, float scale)
    {
        ulong state = FnvBasis;
        foreach (byte part in Encoding.UTF8.GetBytes($"{salt}:{key}")) state = unchecked((state ^ part) * FnvPrime);
        for (int i = 0; i < values.Length; i++)
        {
            state = unchecked(state + GoldenStep);
            float unit = ((long)(Mix(state) >> 40) - (1 << 23)) * (1f / (1 << 23));
            float scaled = scale * unit;  // rounded separately: a fused multiply-add would not
            values[i] = offset + scaled;
        }
    }

    private static ulong Mix(ulong value)
    {
        value = unchecked((value ^ (value >> 30)) * FirstMultiplier);
        value = unchecked((value ^ (value >> 27)) * SecondMultiplier);
        return value ^ (value >> 31);
    }
}
