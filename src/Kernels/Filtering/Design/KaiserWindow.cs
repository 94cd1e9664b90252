namespace GenKernels.Kernels.Filtering;

/// <summary>The Kaiser window, and Kaiser's formulas for the shape parameter of a transition width.</summary>
/// <remarks>Kaiser 1974, Nonrecursive digital filter design using the I0-sinh window function; in double.</remarks>
public static class KaiserWindow
{
    /// <param name="tapCount">At least 1.</param>
    /// <param name="beta">Shape parameter: 0 gives a rectangle, larger values a narrower window; not negative.</param>
    /// <returns>Symmetric weights in (0, 1], with a peak of 1 at the centre.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of its range.</exception>
    public static double[] Weights(int tapCount, double beta)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(tapCount, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(beta);
        double center = (tapCount - 1) / 2.0, peak = BesselFunction.I0(beta);
        double[] weights = new double[tapCount];
        for (int tap = 0; tap < tapCount; tap++)
        {
            double place = tapCount == 1 ? 0 : (tap - center) / center;  // -1 to 1
            weights[tap] = BesselFunction.I0(beta * Math.Sqrt(Math.Max(0, 1 - (place * place)))) / peak;
        }

        return weights;
    }

    /// <param name="width">Transition width from passband to stopband, in the unit of the rate; positive.</param>
    /// <param name="tapCount">At least 1.</param>
    /// <param name="samplingRate">Positive.</param>
    /// <returns>The shape parameter for <see cref="Weights"/>.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of its range.</exception>
    public static double Beta(double width, int tapCount, double samplingRate)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(tapCount, 1);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(samplingRate);
        return Beta(Attenuation(tapCount, width / (samplingRate / 2)));
    }

    /// <returns>
    /// The attenuation in decibels that the taps reach, for a transition width as a fraction of the Nyquist frequency.
    /// </returns>
    private static double Attenuation(int tapCount, double width) => (2.285 * (tapCount - 1) * Math.PI * width) + 7.95;

    private static double Beta(double attenuation) => attenuation switch
    {
        > 50 => 0.1102 * (attenuation - 8.7),
        > 21 => (0.5842 * Math.Pow(attenuation - 21, 0.4)) + (0.07886 * (attenuation - 21)),
        _ => 0,
    };
}
