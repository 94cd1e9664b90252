namespace GenKernels.Kernels.Diffusion;

/// <summary>
/// The numbers of a step of the ancestral Euler sampler, in the order in which <c>EulerAncestralStep.cu</c> reads them.
/// </summary>
public static class EulerAncestralSchedule
{
    /// <summary>How many numbers a schedule has.</summary>
    public const int Length = 3;

    /// <param name="sigma">Standard deviation of the noise before the step, positive.</param>
    /// <param name="next">Standard deviation after the step, from 0 to <paramref name="sigma"/>.</param>
    /// <param name="eta">Share of new noise: 0 for none, Euler's plain method; 1 as in ancestral sampling.</param>
    /// <returns>
    /// sigma, down, up, where up² + down² = next²: the step goes down to noise level down, then adds noise of deviation
    /// up. Computed in double and rounded once.
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="sigma"/> is not positive and finite.</exception>
    /// <exception cref="ArgumentException">
    /// <paramref name="next"/> is negative or above <paramref name="sigma"/>, or <paramref name="eta"/> is negative.
    /// </exception>
    public static float[] For(double sigma, double next, double eta = 1)
    {
        Require.Positive(sigma);
        Require.That(
            next >= 0 && next <= sigma && eta >= 0,
            $"the noise must not grow and eta not be negative, got {sigma} to {next} with eta {eta}");
        double up = Math.Min(next, eta * Math.Sqrt(next * next * ((sigma * sigma) - (next * next)) / (sigma * sigma)));
        double down = Math.Sqrt((next * next) - (up * up));
        return [(float)sigma, (float)down, (float)up];
    }
}
