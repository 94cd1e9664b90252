using GenKernels.Autograd;
using GenKernels.Kernels.Random;
using GenKernels.Models.LongVideo;
using GenKernels.Models.StyleGan;

namespace GenKernels.Train.Verification;

/// <summary>The low-resolution generator from noise to video, stage by stage; the loss is the video weighed by <c>in.proj</c>.</summary>
internal sealed class NetworkGeneratorCases : ICaseRunner
{
    public string Kind => "lres.VideoGenerator";

    public bool Recognises(RecordedCase recorded) => recorded.Config.Text("kind") == Kind;

    public CaseTolerance Tolerance(string result) => NetworkTolerance.Of(result);

    public void Run(CaseRun run)
    {
        CaseConfig config = run.Config;
        LowResolutionGeneratorOptions options = new NetworkSizes(run.Recorded)
            .Generator(config.RequiredInteger("out_height"), config.RequiredInteger("out_width"));
        using Initializer initializer = new(run.Device, seed: 0);
        using LowResolutionGenerator generator = new(options, initializer);
        NetworkState state = new(run, generator);
        state.Load();
        Variable noise = run.Constant("in.noise").ToChannelsLast();
        Variable video = Forward(run, generator, noise, (stage, value) => CheckStage(run, stage, value));
        state.Check("out.buffer_after.");
        if (!run.Recorded.Has("in.proj")) return;
        Variable weights = run.Constant("in.proj").ToChannelsLast();
        run.Check("out.loss", (video * weights).Sum().Reshape([]));
        using RandomGenerator random = new(run.Device, seed: 0);
        state.CheckGradients("grad.", movement =>
        {
            Variable moved = movement == 0 ? noise : noise + (new Variable(random.Normal(noise.Shape)) * movement);
            Variable loss = ((movement == 0 ? video : Forward(run, generator, moved)) * weights).Sum();
            return Gradient.Of(loss, state.Parameters);
        });
    }

    private static Variable Forward(
        CaseRun run, LowResolutionGenerator generator, Variable noise, Action<string, Variable>? observe = null) =>
        generator.Forward(
            noise, run.Config.RequiredInteger("seq_length"), (float)(run.Config.Number("magnitude_ema_beta") ?? 1),
            observe: observe);

    private static void CheckStage(CaseRun run, string stage, Variable value)
    {
        if (run.Recorded.Has($"out.{stage}")) run.Check($"out.{stage}", value.Detach().ToChannelsFirst());
    }
}
