namespace GenKernels.Autograd;

/// <summary>
/// The decay (beta) of an exponential moving average at each step, by published schedules; the average becomes average
/// + (1 - beta) (parameter - average).
/// </summary>
public static class EmaSchedule
{
    /// <param name="step">Steps before this one, from 0.</param>
    /// <param name="beta">The final decay, above 0 and below 1.</param>
    /// <param name="warmup">
    /// Steps until the half-life reaches that of <paramref name="beta"/>; it grows linearly until then.
    /// </param>
    /// <returns>min(0.5^(log_0.5(beta) (warmup + 1) / (step + 1)), beta).</returns>
    /// <remarks>Brooks et al. 2022, Generating Long Videos of Dynamic Scenes, as its published training does.</remarks>
    public static double LongVideo(long step, double beta = 0.99985, long warmup = 25_000)
    {
        double halfLives = Math.Log(beta) / Math.Log(0.5);
        return Math.Min(Math.Pow(0.5, halfLives * (warmup + 1) / (step + 1)), beta);
    }

    /// <param name="step">Steps before this one, from 0.</param>
    /// <param name="limit">The largest decay, below 1.</param>
    /// <param name="rampup">The half-life as a share of the steps made.</param>
    /// <returns>0 at step 0, else min(limit, 0.5^(1 / (step rampup))).</returns>
    /// <remarks>
    /// Karras et al. 2020, Training Generative Adversarial Networks with Limited Data, appendix on training.
    /// </remarks>
    public static double StyleGan(long step, double limit = 0.995, double rampup = 0.05) =>
        step == 0 ? 0 : Math.Min(limit, Math.Pow(0.5, 1 / (step * rampup)));

    /// <param name="update">Updates including this one, from 1.</param>
    /// <param name="limit">The largest decay, below 1.</param>
    /// <returns>min(limit, (1 + update) / (10 + update)).</returns>
    /// <remarks>
    /// Rombach et al. 2022, High-Resolution Image Synthesis with Latent Diffusion Models, as its published training
    /// does.
    /// </remarks>
    public static double LatentDiffusion(long update, double limit = 0.9999) =>
        Math.Min(limit, (1.0 + update) / (10.0 + update));
}
