namespace GenKernels.Kernels.Diffusion;

/// <summary>The noise of a sample at each level of a diffusion, from level 0; plain numbers in double.</summary>
/// <remarks>
/// Source: Ho et al. 2020, Denoising Diffusion Probabilistic Models, section 2; Karras et al. 2022, Elucidating the
/// Design Space of Diffusion-Based Generative Models, appendix C.3.
/// </remarks>
public sealed class NoiseSchedule
{
    private readonly double[] _betas;
    private readonly double[] _alphaProducts;
    private readonly double[] _logSigmas;

    /// <param name="betas">The variance that each level adds, each above 0 and below 1; at least two.</param>
    /// <exception cref="ArgumentException">There are fewer than two, or one is out of range.</exception>
    public NoiseSchedule(IEnumerable<double> betas)
    {
        _betas = [.. betas];
        Require.That(
            _betas.Length > 1 && Array.TrueForAll(_betas, beta => beta is > 0 and < 1),
            $"two betas or more are needed, all between 0 and 1, got {_betas.Length}");
        _alphaProducts = new double[_betas.Length];
        double product = 1;
        for (int level = 0; level < _betas.Length; level++) _alphaProducts[level] = product *= 1 - _betas[level];
        _logSigmas = Array.ConvertAll(_alphaProducts, alpha => Math.Log((1 - alpha) / alpha) / 2);
    }

    /// <summary>The number of levels, L.</summary>
    public int LevelCount => _betas.Length;

    /// <summary>The variance that each level adds, β.</summary>
    public IReadOnlyList<double> Betas => _betas;

    /// <summary>The remaining share of the sample's variance at each level, ᾱ: the product of all 1 - β.</summary>
    public IReadOnlyList<double> AlphaProducts => _alphaProducts;

    /// <summary>The schedule of Stable Diffusion: the square roots of the betas are evenly spaced.</summary>
    /// <param name="levelCount">How many levels, at least 2.</param>
    /// <param name="first">The first beta.</param>
    /// <param name="last">The last beta.</param>
    public static NoiseSchedule ScaledLinear(int levelCount = 1000, double first = 0.00085, double last = 0.012)
    {
        (double from, double to) = (Math.Sqrt(first), Math.Sqrt(last));
        return new NoiseSchedule(Enumerable.Range(0, levelCount).Select(level =>
        {
            double root = from + ((to - from) * level / (levelCount - 1));
            return root * root;
        }));
    }

    /// <returns>The factor of the sample at each level, √ᾱ, <c>[L]</c>.</returns>
    public float[] Signal() => Array.ConvertAll(_alphaProducts, alpha => (float)Math.Sqrt(alpha));

    /// <returns>The standard deviation of the noise at each level, √(1 - ᾱ), <c>[L]</c>.</returns>
    public float[] Spread() => Array.ConvertAll(_alphaProducts, alpha => (float)Math.Sqrt(1 - alpha));

    /// <param name="level">From 0 to L - 1; between levels log σ is interpolated linearly.</param>
    /// <returns>σ, the standard deviation of the noise relative to an unscaled sample, √((1 - ᾱ) / ᾱ).</returns>
    /// <exception cref="ArgumentException">The level is out of range.</exception>
    public double SigmaOf(double level)
    {
        Require.That(level >= 0 && level <= LevelCount - 1, $"the levels are 0 to {LevelCount - 1}, got {level}");
        int below = (int)Math.Floor(level);
        int above = (int)Math.Ceiling(level);
        double share = level - below;
        return Math.Exp(((1 - share) * _logSigmas[below]) + (share * _logSigmas[above]));
    }

    /// <param name="sigma">The standard deviation of the noise, positive.</param>
    /// <returns>
    /// The inverse of <see cref="SigmaOf"/>: a level, usually fractional; clamped to the first or last level.
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="sigma"/> is not positive and finite.</exception>
    public double LevelOf(double sigma)
    {
        Require.Positive(sigma);
        double log = Math.Log(sigma);
        int found = Array.BinarySearch(_logSigmas, log);
        int below = Math.Clamp(found >= 0 ? found : ~found - 1, 0, LevelCount - 2);
        double share = (log - _logSigmas[below]) / (_logSigmas[below + 1] - _logSigmas[below]);
        return below + Math.Clamp(share, 0, 1);
    }

    /// <returns>The whole level whose log σ is nearest.</returns>
    /// <inheritdoc cref="LevelOf"/>
    public int NearestLevel(double sigma)
    {
        int below = (int)Math.Floor(LevelOf(sigma));
        if (below == LevelCount - 1) return below;
        double log = Math.Log(sigma);
        return log - _logSigmas[below] <= _logSigmas[below + 1] - log ? below : below + 1;
    }

    /// <param name="steps">How many steps a sampler takes, at least 1.</param>
    /// <returns>σ before each step, at levels evenly spaced from the last to the first, and a final 0.</returns>
    /// <exception cref="ArgumentException"><paramref name="steps"/> is not positive.</exception>
    public double[] Sigmas(int steps)
    {
        Require.That(steps > 0, $"a sampler needs a step, got {steps}");
        double LevelBefore(int step) => LevelCount - 1 - ((LevelCount - 1.0) * step / Math.Max(1, steps - 1));
        return [.. Enumerable.Range(0, steps).Select(step => SigmaOf(LevelBefore(step))), 0];
    }

    /// <param name="steps">About how many steps a DDIM sampler takes, from 1 to L - 1.</param>
    /// <returns>
    /// The levels of the steps in ascending order, 1 and every (L / steps)-th after it: possibly more steps than asked
    /// for if L is not a multiple.
    /// </returns>
    /// <exception cref="ArgumentException"><paramref name="steps"/> is out of range.</exception>
    public int[] DdimLevels(int steps)
    {
        Require.That(steps >= 1 && steps < LevelCount, $"from 1 to {LevelCount - 1} steps are possible, got {steps}");
        int stride = LevelCount / steps;
        int count = Quotient.Up(LevelCount, stride);
        return [.. Enumerable.Range(0, count).Select(step => (step * stride) + 1).Where(level => level < LevelCount)];
    }
}
