namespace GenKernels.Kernels.Filtering;

/// <summary>The resampling of one axis: upsampling with zeros, padding, filter, downsampling.</summary>
/// <param name="Up">Upsampling factor: <paramref name="Up"/> - 1 zeros follow each sample; at least 1.</param>
/// <param name="Down">
/// Downsampling factor: every <paramref name="Down"/>-th output is kept, starting with the first; at least 1.
/// </param>
/// <param name="Before">Zeros added before the samples, at the higher rate; negative to crop.</param>
/// <param name="After">Zeros added after the samples, at the higher rate; negative to crop.</param>
public readonly record struct Resampling(int Up = 1, int Down = 1, int Before = 0, int After = 0)
{
    /// <param name="length">Samples of the axis.</param>
    /// <param name="tapCount">Taps of the filter.</param>
    /// <returns>The number of outputs: (length Up + Before + After - tapCount) / Down + 1, rounded down.</returns>
    /// <exception cref="ShapeException">A rate is below 1, or the padded axis is shorter than the filter.</exception>
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
    /// The resampling that takes the gradient of the output, with flipped taps, to that of the input. Tap k of output m
    /// falls on sample l where l Up = m Down + k - Before; for the adjoint that means padding of tapCount - 1 - Before
    /// in front, and at the end whatever makes <paramref name="length"/> samples.
    /// </summary>
    /// <param name="length">Samples of the axis that was filtered.</param>
    /// <param name="tapCount">Taps of the filter.</param>
    public Resampling Adjoint(int length, int tapCount)
    {
        int after = (length * Up) - (OutputLength(length, tapCount) * Down) + Before - Up + 1;
        return new Resampling(Down, Up, tapCount - 1 - Before, after);
    }
}
