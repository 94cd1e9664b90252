using GenKernels.Autograd;
using GenKernels.Kernels.Diffusion;
using GenKernels.Runtime;

namespace GenKernels.Train.Verification;

/// <summary>
/// Noise levels, the ancestral Euler sampler with recorded noise, and guidance by text and image;
/// <see cref="RecordedDenoiser"/> takes the place of a network.
/// </summary>
internal sealed class EulerAncestralCases : ICaseRunner
{
    private const string SigmasOf = "out.get_sigmas_";
    private readonly NoiseSchedule _schedule = NoiseSchedule.ScaledLinear();

    public string Kind => "kdiffusion";

    public bool Recognises(RecordedCase recorded) =>
        recorded.Config.Has("image_cfg_scale") && recorded.Has("in.x_T") && recorded.Has("in.c_crossattn");

    public CaseTolerance Tolerance(RecordedCase recorded, string result) => new(1e-4);

    public void Run(CaseRun run)
    {
        CheckLevels(run);
        CheckCalls(run);
        double[] sigmas = _schedule.Sigmas(run.Config.RequiredInteger("steps"));
        float[][] rows = [.. sigmas.Zip(sigmas.Skip(1), (sigma, next) => EulerAncestralSchedule.For(sigma, next))];
        run.Check("out.traj_sigmas", sigmas);
        run.Check("out.sigma_down", Array.ConvertAll(rows, row => (double)row[1]));
        run.Check("out.sigma_up", Array.ConvertAll(rows, row => (double)row[2]));

        List<Variable> states = [];
        List<Variable> denoised = [];
        run.Check("out.sample", Sample(run, sigmas, rows, run.Constant("in.noise"), states, denoised));
        run.Check("out.x_steps", Variable.Concatenate(states, 0));
        run.Check("out.denoised_steps", Variable.Concatenate(denoised, 0));
        float[][] plain = [.. sigmas.Zip(sigmas.Skip(1), (sigma, next) => EulerAncestralSchedule.For(sigma, next, 0))];
        run.Check("out.sample_euler_deterministic", Sample(run, sigmas, plain, null, [], []));
    }

    private void CheckLevels(CaseRun run)
    {
        double[] sigmas = [.. Enumerable.Range(0, _schedule.LevelCount).Select(level => _schedule.SigmaOf(level))];
        run.Check("out.sigmas", sigmas);
        run.Check("out.log_sigmas", Array.ConvertAll(sigmas, Math.Log));
        double[] asked = run.Recorded.Values("in.sigma");
        run.Check("out.sigma_to_t", Array.ConvertAll(asked, _schedule.LevelOf));
        run.Check("out.sigma_to_t_quantized", Array.ConvertAll(asked, sigma => (double)_schedule.NearestLevel(sigma)));
        run.Check("out.t_to_sigma", Array.ConvertAll(run.Recorded.Values("in.t"), _schedule.SigmaOf));
        foreach (string name in run.Recorded.Results.Where(name => name.StartsWith(SigmasOf, StringComparison.Ordinal)))
        {
            run.Check(name, _schedule.Sigmas(int.Parse(name[SigmasOf.Length..])));
        }
    }

    private void CheckCalls(CaseRun run)
    {
        if (!run.Recorded.Has("in.call_x")) return;
        Variable x = run.Constant("in.call_x");
        double[] sigmas = run.Recorded.Values("in.call_sigma");
        (Variable words, Variable image) = (run.Constant("in.c_crossattn"), run.Constant("in.c_concat"));
        Variable[] calls = [.. sigmas.Select((sigma, index) =>
            Denoised(x.Window(0, index, 1), sigma, words, image))];
        run.Check("out.call_denoised", Variable.Concatenate(calls, 0));
    }

    private Variable Sample(
        CaseRun run, double[] sigmas, float[][] rows, Variable? noise, List<Variable> states, List<Variable> denoised)
    {
        float[] scales = [(float)run.Config.RequiredNumber("text_cfg_scale"),
            (float)run.Config.RequiredNumber("image_cfg_scale")];
        Tensor scale = Tensor.From(scales, [2], run.Device);
        (Variable words, Variable image) = (run.Constant("in.c_crossattn"), run.Constant("in.c_concat"));
        Variable none = run.Constant("in.uncond_crossattn");
        Variable x = run.Constant("in.x_T");
        for (int step = 0; step < rows.Length; step++)
        {
            double sigma = sigmas[step];
            Variable branches = Variable.Concatenate(
                [
                    Denoised(x, sigma, words, image), Denoised(x, sigma, none, image), Denoised(x, sigma, none, null),
                ], 0).Reshape([3, .. x.Shape]);
            Tensor guided = Guidance.Forward(branches.Value, scale);
            states.Add(x.Reshape([1, .. x.Shape]));
            denoised.Add(new Variable(guided).Reshape([1, .. x.Shape]));
            Tensor? added = noise is not null && sigmas[step + 1] > 0 ? noise.Entry(step).Value : null;
            Tensor row = Tensor.From(rows[step], [EulerAncestralSchedule.Length], run.Device);
            x = new Variable(EulerAncestralStep.Forward(x.Value, guided, added, row));
        }

        return x;
    }

    /// <summary>The denoiser sees samples scaled to unit variance; the noise that it predicts is subtracted.</summary>
    private Variable Denoised(Variable x, double sigma, Variable words, Variable? image)
    {
        Variable seen = RecordedDenoiser.Noise(
            x * (float)(1 / Math.Sqrt((sigma * sigma) + 1)), _schedule.LevelOf(sigma), words, image);
        return x - (seen * (float)sigma);
    }
}
