namespace GenKernels.Kernels.Filtering;

/// <summary>Designs FIR filters in double; the taps of each sum to 1.</summary>
public static class FirFilter
{
    /// <summary>Designs a low-pass filter by windowing the ideal one, as SciPy's <c>firwin</c> does.</summary>
    /// <param name="tapCount">At least 1.</param>
    /// <param name="cutoff">Frequency where the response is about one half; in (0, samplingRate / 2).</param>
    /// <param name="width">Transition width, for a Kaiser window; null for a Hamming window.</param>
    /// <param name="samplingRate">In the unit of <paramref name="cutoff"/> and <paramref name="width"/>.</param>
    /// <returns>The taps, symmetric.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of its range.</exception>
    public static double[] LowPass(int tapCount, double cutoff, double? width, double samplingRate)
    {
        RequireBand(tapCount, cutoff, samplingRate);
        double[] taps = width is { } transition
            ? KaiserWindow.Weights(tapCount, KaiserWindow.Beta(transition, tapCount, samplingRate))
            : Hamming(tapCount);
        double share = cutoff / (samplingRate / 2);
        for (int tap = 0; tap < tapCount; tap++) taps[tap] *= share * Sinc(share * (tap - ((tapCount - 1) / 2.0)));
        return Normalized(taps);
    }

    /// <summary>Designs a two-dimensional, radially symmetric low-pass filter.</summary>
    /// <remarks>Karras et al. 2021, Alias-Free Generative Adversarial Networks, appendix C.</remarks>
    /// <inheritdoc cref="LowPass" path="/param"/>
    /// <returns>The taps, <c>[tapCount, tapCount]</c> in row-major order.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of its range.</exception>
    public static double[] RadialLowPass(int tapCount, double cutoff, double width, double samplingRate)
    {
        RequireBand(tapCount, cutoff, samplingRate);
        double[] window = KaiserWindow.Weights(tapCount, KaiserWindow.Beta(width, tapCount, samplingRate));
        double[] taps = new double[tapCount * tapCount];
        double center = (tapCount - 1) / 2.0;
        for (int row = 0; row < tapCount; row++)
        {
            for (int column = 0; column < tapCount; column++)
            {
                double radius = double.Hypot(row - center, column - center) / samplingRate;
                taps[(row * tapCount) + column] = Jinc(cutoff, radius) * window[row] * window[column];
            }
        }

        return Normalized(taps);
    }

    /// <summary>Designs the filter of linear interpolation by an integer factor.</summary>
    /// <param name="scale">The factor, at least 1.</param>
    /// <returns>The 2·<paramref name="scale"/> taps of a triangle.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="scale"/> is less than 1.</exception>
    public static double[] Linear(int scale)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(scale, 1);
        double[] taps = new double[2 * scale];
        for (int tap = 0; tap < scale; tap++) taps[tap] = taps[^(tap + 1)] = (tap + 0.5) / scale;
        return Normalized(taps);
    }

    /// <summary>Designs a binomial filter: 4 taps are 1, 3, 3, 1 over 8.</summary>
    /// <param name="tapCount">At least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="tapCount"/> is less than 1.</exception>
    public static double[] Binomial(int tapCount)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(tapCount, 1);
        double[] taps = new double[tapCount];
        taps[0] = 1;
        for (int tap = 1; tap < tapCount; tap++) taps[tap] = taps[tap - 1] * (tapCount - tap) / tap;
        return Normalized(taps);
    }

    private static void RequireBand(int tapCount, double cutoff, double samplingRate)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(tapCount, 1);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(cutoff);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(cutoff, samplingRate / 2);
    }

    private static double[] Hamming(int tapCount)
    {
        double[] weights = new double[tapCount];
        for (int tap = 0; tap < tapCount; tap++)
        {
            weights[tap] = tapCount == 1 ? 1 : 0.54 - (0.46 * Math.Cos(2 * Math.PI * tap / (tapCount - 1)));
        }

        return weights;
    }

    private static double Sinc(double x) => x == 0 ? 1 : Math.Sin(Math.PI * x) / (Math.PI * x);

    private static double Jinc(double cutoff, double radius) =>
        radius == 0 ? cutoff : BesselFunction.J1(2 * Math.PI * cutoff * radius) / (Math.PI * radius);

    private static double[] Normalized(double[] taps)
    {
        double sum = taps.Sum();
        for (int tap = 0; tap < taps.Length; tap++) taps[tap] /= sum;
        return taps;
    }
}
