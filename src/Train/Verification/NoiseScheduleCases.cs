using GenKernels.Autograd;
using GenKernels.Kernels.Diffusion;
using GenKernels.Runtime;

namespace GenKernels.Train.Verification;

/// <summary>The noise schedule, noised samples, the loss, and the dropping of conditions in training.</summary>
internal sealed class NoiseScheduleCases : ICaseRunner
{
    public string Kind => "schedule";

    public bool Recognises(RecordedCase recorded) => recorded.Config.Has("linear_start") && recorded.Has("in.t");

    public CaseTolerance Tolerance(RecordedCase recorded, string result) => new(1e-4);

    public void Run(CaseRun run)
    {
        NoiseSchedule schedule = NoiseSchedule.ScaledLinear(
            run.Config.RequiredInteger("timesteps"), run.Config.RequiredNumber("linear_start"),
            run.Config.RequiredNumber("linear_end"));
        CheckTables(run, schedule);
        CheckSamples(run, schedule);
        if (!run.Recorded.Has("in.cond_u")) return;
        double share = run.Config.RequiredNumber("uncond");
        double[] chances = run.Recorded.Values("in.cond_u");
        run.Check("out.text_dropped", Array.ConvertAll(chances, u => u < 2 * share ? 1.0 : 0));
        run.Check("out.image_kept", Array.ConvertAll(chances, u => u >= share && u < 3 * share ? 0.0 : 1));
    }

    private static void CheckTables(CaseRun run, NoiseSchedule schedule)
    {
        double[] betas = [.. schedule.Betas];
        double[] alphas = [.. schedule.AlphaProducts];
        double[] before = [1, .. alphas[..^1]];
        run.Check("out.betas", betas);
        run.Check("out.alphas_cumprod", alphas);
        run.Check("out.alphas_cumprod_prev", before);
        run.Check("out.sqrt_alphas_cumprod", Array.ConvertAll(alphas, Math.Sqrt));
        run.Check("out.sqrt_one_minus_alphas_cumprod", Array.ConvertAll(alphas, alpha => Math.Sqrt(1 - alpha)));
        run.Check("out.log_one_minus_alphas_cumprod", Array.ConvertAll(alphas, alpha => Math.Log(1 - alpha)));
        run.Check("out.sqrt_recip_alphas_cumprod", Array.ConvertAll(alphas, alpha => Math.Sqrt(1 / alpha)));
        run.Check("out.sqrt_recipm1_alphas_cumprod", Array.ConvertAll(alphas, alpha => Math.Sqrt((1 / alpha) - 1)));
        double[] posterior =
            [.. betas.Select((beta, level) => beta * (1 - before[level]) / (1 - alphas[level]))];
        run.Check("out.posterior_variance", posterior);
    }

    private static void CheckSamples(CaseRun run, NoiseSchedule schedule)
    {
        int[] levels = run.Integers("in.t");
        Tensor level = Tensor.From(levels, [levels.Length], run.Device);
        Variable noise = run.Constant("in.noise");
        Variable noised = run.Leaf("in.x0").ForwardDiffusion(
            noise, level, Tensor.From(schedule.Signal(), [schedule.LevelCount], run.Device),
            Tensor.From(schedule.Spread(), [schedule.LevelCount], run.Device));
        run.Check("out.x_t", noised);
        if (!run.Recorded.Has("in.eps_pred")) return;
        Variable square = (run.Constant("in.eps_pred") - noise).Square();
        run.Check("out.loss_per_sample", square.Mean(1, square.Shape.Rank - 1).Reshape([levels.Length]));
        run.Check("out.loss", square.Mean());
    }
}
