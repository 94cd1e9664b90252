namespace GenKernels.Kernels.Filtering;

/// <summary>A bank of Kaiser low-pass filters whose sampling rates are spaced evenly in octaves.</summary>
/// <remarks>
/// Source: Brooks et al. 2022, Generating Long Videos of Dynamic Scenes, where it blurs the noise of the low-resolution
/// generator. A filter of rate r has ⌈r/2⌉ taps, aligned to the end of the kernel, cutoff 2 and transition width 12.
/// </remarks>
public sealed class LowpassBankDesign
{
    private const double Cutoff = 2, Width = 12;

    private readonly double[] _samplingRates;
    private readonly int[] _tapCounts;
    private readonly float[] _kernels;
    private readonly float[] _outputScales;

    /// <param name="filterCount">At least 1; the paper has 128.</param>
    /// <param name="minimumRate">Rate of the first filter; above 4, twice the cutoff. The paper has 250.</param>
    /// <param name="maximumRate">Rate of the last filter; not less than the first. The paper has 10,000.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of its range.</exception>
    public LowpassBankDesign(int filterCount, double minimumRate, double maximumRate)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(filterCount, 1);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(minimumRate, 2 * Cutoff);
        ArgumentOutOfRangeException.ThrowIfLessThan(maximumRate, minimumRate);

        FilterCount = filterCount;
        KernelSize = TapCount(maximumRate);
        _samplingRates = Rates(filterCount, minimumRate, maximumRate);
        _tapCounts = Array.ConvertAll(_samplingRates, TapCount);
        _kernels = new float[filterCount * KernelSize];
        _outputScales = new float[filterCount];
        for (int filter = 0; filter < filterCount; filter++) Design(filter);
    }

    /// <summary>The number of filters, F.</summary>
    public int FilterCount { get; }

    /// <summary>The length of all kernels, K: the taps of the longest filter.</summary>
    public int KernelSize { get; }

    /// <summary>The sampling rate of each filter, <c>[F]</c>, increasing.</summary>
    public ReadOnlySpan<double> SamplingRates => _samplingRates;

    /// <summary>The number of taps of each filter, <c>[F]</c>: the end of its kernel; the rest is padding.</summary>
    public ReadOnlySpan<int> TapCounts => _tapCounts;

    /// <summary>The kernels, <c>[F, K]</c>: zeros, then the taps, which sum to 1.</summary>
    public ReadOnlySpan<float> Kernels => _kernels;

    /// <summary>Factors that give filtered unit noise unit variance, <c>[F]</c>: 1/√(sum of squared taps).</summary>
    public ReadOnlySpan<float> OutputScales => _outputScales;

    private static int TapCount(double rate) => (int)Math.Ceiling(rate / 2);

    private static double[] Rates(int count, double minimum, double maximum)
    {
        double[] rates = new double[count];

        // Rounded as in the release, since one ULP above an even rate adds a tap: base-2 logarithms are quotients, and
        // the last step takes the logarithm of the maximum itself.
        (double first, double last) = (Math.Log(minimum) / Math.Log(2), Math.Log(maximum) / Math.Log(2));
        double step = (last - first) / Math.Max(1, count - 1);
        for (int i = 0; i < count; i++)
        {
            double logarithm = i > 0 && i == count - 1 ? last : first + (i * step);
            rates[i] = Math.Clamp(Math.Pow(2, logarithm), minimum, maximum);
        }

        return rates;
    }

    private void Design(int filter)
    {
        double[] taps = FirFilter.LowPass(_tapCounts[filter], Cutoff, Width, _samplingRates[filter]);
        Span<float> kernel = _kernels.AsSpan(filter * KernelSize, KernelSize)[^taps.Length..];
        double squareSum = 0;
        for (int tap = 0; tap < taps.Length; tap++)
        {
            kernel[tap] = (float)taps[tap];
            squareSum += (double)kernel[tap] * kernel[tap];
        }

        _outputScales[filter] = (float)(1 / Math.Sqrt(squareSum));
    }
}
