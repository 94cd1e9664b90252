using GenKernels.Autograd;
using GenKernels.Kernels.Optimization;
using GenKernels.Runtime;

namespace GenKernels.Train.Verification;

/// <summary>Adam steps with given gradients, and moving averages of given values.</summary>
internal sealed class OptimizerCases : ICaseRunner
{
    public string Kind => "optim_ema";

    public bool Recognises(RecordedCase recorded) => recorded.Config.Has("optimizer") || recorded.Has("in.ema0");

    public CaseTolerance Tolerance(RecordedCase recorded, string result) => new(1e-6);

    public void Run(CaseRun run)
    {
        if (run.Config.Has("optimizer")) RunAdam(run);
        else RunAverage(run);
    }

    private static void RunAdam(CaseRun run)
    {
        CaseConfig config = run.Config;
        string name = config.Text("optimizer")!;
        if (name is not ("Adam" or "AdamW")) throw new UnknownCaseException($"unknown optimizer {name}");
        double[] betas = config.Numbers("betas") ?? [0.9, 0.999];
        AdamOptions options = new(
            betas[0], betas[1], config.Number("eps") ?? 1e-8, config.Number("weight_decay") ?? 0,
            IsDecoupled: name == "AdamW");
        Tensor parameter = run.Floats("in.p0");
        Tensor firstMoment = Tensor.Zeros(parameter.Shape, parameter.Type, run.Device);
        Tensor secondMoment = Tensor.Zeros(parameter.Shape, parameter.Type, run.Device);
        for (int step = 1; run.Recorded.Has($"in.g{step - 1}"); step++)
        {
            double rate = config.RequiredNumber("lr");
            float[] numbers = AdamSchedule.For(options, step, rate, gradientScale: 1, averageWeight: 0);
            Tensor schedule = Tensor.From(numbers, [AdamSchedule.Length], run.Device);
            Adam.Step(options, schedule, run.Floats($"in.g{step - 1}"), parameter, firstMoment, secondMoment);
            run.Check($"out.p{step}", parameter);
        }

        run.Check("out.exp_avg", firstMoment);
        run.Check("out.exp_avg_sq", secondMoment);
    }

    private static void RunAverage(CaseRun run)
    {
        Func<int, double> beta = Schedule(run.Config);
        Tensor average = run.Floats("in.ema0");
        Tensor values = run.Floats("in.x");
        for (int update = 1; update <= values.Shape[0]; update++)
        {
            double kept = beta(update);
            Tensor weight = Tensor.From([(float)(1 - kept)], [1], run.Device);
            Lerp.Into(values.Narrow(update - 1, 1).View(average.Shape), average, weight);
            run.Check($"out.beta{update}", [kept]);
            run.Check($"out.ema{update}", average);
        }
    }

    /// <returns>The decay of an average at an update, counted from 1.</returns>
    private static Func<int, double> Schedule(CaseConfig config)
    {
        string name = config.Text("op") ?? "";
        bool countsUpdates = name.StartsWith("ldm LitEma", StringComparison.Ordinal);
        if (countsUpdates) return update => EmaSchedule.LatentDiffusion(update);
        double[] steps = config.RequiredNumbers("steps");
        if (name.StartsWith("pose-GAN EMA", StringComparison.Ordinal))
        {
            return update => EmaSchedule.StyleGan((long)steps[update - 1]);
        }

        if (!name.StartsWith("LongVideoGAN EMA", StringComparison.Ordinal))
        {
            throw new UnknownCaseException($"unknown moving average {name}");
        }

        (double beta, int warmup) = (config.Number("G_ema_beta") ?? 0.99985, config.Integer("warmup") ?? 25_000);
        return update => EmaSchedule.LongVideo((long)steps[update - 1], beta, warmup);
    }
}
