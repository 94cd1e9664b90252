namespace GenKernels.Kernels.Filtering;

/// <summary>How one axis is filtered: up by zeros, padding, filter, down.</summary>
/// <param name="Up">Each sample is followed by <paramref name="Up"/> - 1 zeros; at least 1.</param>
/// <param name="Down">Every <paramref name="Down"/>-th sum is kept, the first one first; at least 1.</param>
/// <param name="Before">Zeros put before the samples at the higher rate; negative to crop.</param>
/// <param name="After">Zeros put after them; negative to crop.</param>
public readonly record struct Resampling(int Up = 1, int Down = 1, int Before = 0, int After = 0)
{
    /// <param name="length">Samples of the axis.</param>
    /// <param name="tapCount">Taps of the filter.</param>
    /// <returns>How many samples come out: (length Up + Before + After - tapCount) / Down + 1.</returns>
    /// <exception cref="ShapeException">A rate is below 1, or the padded axis does not hold the filter.</exception>
    public int OutputLength(int length, int tapCount)
    {
        Require.That(Up > 0 && Down > 0, $"the rates must be at least 1, got up {Up} and down {Down}");
        long padded = ((long)length * Up) + Before + After;
        Require.That(
            tapCount > 0 && padded >= tapCount,
            $"the axis must hold the filter, got {length} x {Up} + {Before} + {After} for {tapCount} taps");
        return checked((int)((padded - tapCount) / Down) + 1);
    }

    /// <summary>
    /// How the gradient of the output is filtered, by the flipped taps, to that of the input. Tap k of output m meets
    /// sample l where l Up = m Down + k - Before; seen from the output that is a padding of tapCount - 1 - Before in
    /// front, and behind it what is missing to <paramref name="length"/>.
    /// </summary>
    /// <param name="length">Samples of the axis that was filtered.</param>
    /// <param name="tapCount">Taps of the filter.</param>
    public Resampling Adjoint(int length, int tapCount)
    {
        int after = (length * Up) - (OutputLength(length, tapCount) * Down) + Before - Up + 1;
        return new Resampling(Down, Up, tapCount - 1 - Before, after);
    }
}
