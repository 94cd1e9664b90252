using GenKernels.Autograd;
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
        Variable video = generator.Forward(
            run.Constant("in.noise").ToChannelsLast(), config.RequiredInteger("seq_length"),
            (float)(config.Number("magnitude_ema_beta") ?? 1), observe: (stage, value) => CheckStage(run, stage, value));
        state.Check("out.buffer_after.");
        if (!run.Recorded.Has("in.proj")) return;
        Variable loss = (video * run.Constant("in.proj").ToChannelsLast()).Sum();
        run.Check("out.loss", loss.Reshape([]));
        state.CheckGradients("grad.", Gradient.Of(loss, state.Parameters));
    }

    private static void CheckStage(CaseRun run, string stage, Variable value)
    {
        if (run.Recorded.Has($"out.{stage}")) run.Check($"out.{stage}", value.Detach().ToChannelsFirst());
    }
}
