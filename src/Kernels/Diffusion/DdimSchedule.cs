namespace GenKernels.Kernels.Diffusion;

/// <summary>
/// The numbers of a step of the DDIM sampler, in the order in which <c>DdimStep.cu</c> reads them.
/// </summary>
public static class DdimSchedule
{
    /// <summary>How many numbers a schedule has.</summary>
    public const int Length = 5;

    /// <param name="alpha">ᾱ before the step, the remaining share of the sample's variance; in (0, 1).</param>
    /// <param name="next">ᾱ after the step, from <paramref name="alpha"/> to 1.</param>
    /// <param name="eta">Share of new noise: 0 for none, 1 as in ancestral sampling.</param>
    /// <returns>
    /// √ᾱ, √(1 - ᾱ), √ᾱ', √(1 - ᾱ' - σ²), σ with σ = η √((1 - ᾱ') / (1 - ᾱ)) √(1 - ᾱ / ᾱ'). Computed in double and
    /// rounded once.
    /// </returns>
    /// <exception cref="ArgumentException">A number is out of its range.</exception>
    public static float[] For(double alpha, double next, double eta)
    {
        Require.That(
            alpha is > 0 and < 1 && next >= alpha && next <= 1 && eta is >= 0 and <= 1,
            $"0 < alpha < 1, alpha <= next <= 1 and 0 <= eta <= 1 must hold, got {alpha}, {next}, {eta}");
        double sigma = eta * Math.Sqrt((1 - next) / (1 - alpha) * (1 - (alpha / next)));
        double direction = Math.Sqrt(Math.Max(0, 1 - next - (sigma * sigma)));
        return
        [
            (float)Math.Sqrt(alpha), (float)Math.Sqrt(1 - alpha), (float)Math.Sqrt(next), (float)direction,
            (float)sigma,
        ];
    }
}
