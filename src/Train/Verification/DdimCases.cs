using GenKernels.Autograd;
using GenKernels.Kernels.Diffusion;
using GenKernels.Runtime;

namespace GenKernels.Train.Verification;

/// <summary>The DDIM sampler with recorded noise; <see cref="RecordedDenoiser"/> takes the place of a
/// network.</summary>
internal sealed class DdimCases : ICaseRunner
{
    public string Kind => "ddim";

    public bool Recognises(RecordedCase recorded) => recorded.Config.Has("eta") && recorded.Has("in.x_T");

    public CaseTolerance Tolerance(RecordedCase recorded, string result) => new(1e-4);

    public void Run(CaseRun run)
    {
        NoiseSchedule schedule = NoiseSchedule.ScaledLinear();
        double eta = run.Config.RequiredNumber("eta");
        int[] levels = schedule.DdimLevels(run.Config.RequiredInteger("steps_requested"));
        double[] alphas = Array.ConvertAll(levels, level => schedule.AlphaProducts[level]);
        double[] next = [schedule.AlphaProducts[0], .. alphas[..^1]];
        float[][] rows = [.. alphas.Zip(next, (alpha, after) => DdimSchedule.For(alpha, after, eta))];
        run.Check("out.ddim_timesteps", Array.ConvertAll(levels, level => (double)level));
        run.Check("out.ddim_alphas", alphas);
        run.Check("out.ddim_alphas_prev", next);
        run.Check("out.ddim_sigmas", Array.ConvertAll(rows, row => (double)row[^1]));

        Variable noise = run.Constant("in.noise");
        Variable x = run.Constant("in.x_T");
        List<Variable> clean = [];
        for (int step = 0; step < levels.Length; step++)
        {
            int place = levels.Length - 1 - step;
            Tensor row = Tensor.From(rows[place], [DdimSchedule.Length], run.Device);
            Tensor predicted = Tensor.Empty(x.Shape, x.Type, x.Device);
            Tensor seen = NoiseSeen(run, x, levels[place]);
            x = new Variable(DdimStep.Forward(x.Value, seen, noise.Entry(step).Value, row, predicted));
            clean.Add(new Variable(predicted).Reshape([1, .. x.Shape]));
        }

        run.Check("out.sample", x);
        run.Check("out.pred_x0_steps", Variable.Concatenate(clean, 0));
    }

    private static Tensor NoiseSeen(CaseRun run, Variable x, int level)
    {
        double scale = run.Config.Number("guidance") ?? 1;
        Variable conditioned = RecordedDenoiser.Noise(x, level, run.Constant("in.c"));
        if (scale == 1) return conditioned.Value;
        Variable free = RecordedDenoiser.Noise(x, level, run.Constant("in.uc"));
        Variable both = Variable.Concatenate([conditioned, free], 0).Reshape([2, .. x.Shape]);
        return Guidance.Forward(both.Value, Tensor.From([(float)scale], [1], run.Device));
    }
}
