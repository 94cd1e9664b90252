using GenKernels.Autograd;
using GenKernels.Kernels.Elementwise;
using GenKernels.Models.LongVideo;
using GenKernels.Models.StyleGan;

namespace GenKernels.Train.Verification;

/// <summary>
/// The low-resolution discriminator; the loss is mean softplus(-logits), the penalty γ/2 times the mean over clips of the
/// squared gradient of the logits with respect to the video.
/// </summary>
internal sealed class NetworkDiscriminatorCases : ICaseRunner
{
    public string Kind => "lres.VideoDiscriminator";

    public bool Recognises(RecordedCase recorded) => recorded.Config.Text("kind") == Kind;

    public CaseTolerance Tolerance(string result) => NetworkTolerance.Of(result);

    public void Run(CaseRun run)
    {
        CaseConfig config = run.Config;
        LowResolutionDiscriminatorOptions options = new NetworkSizes(run.Recorded).Discriminator(
            config.RequiredInteger("seq_length"), config.RequiredInteger("height"), config.RequiredInteger("width"));
        using Initializer initializer = new(run.Device, seed: 0);
        using LowResolutionDiscriminator discriminator = new(options, initializer);
        NetworkState state = new(run, discriminator);
        state.Load();
        Variable video = new(run.Constant("in.video").ToChannelsLast().Value, requiresGradient: true);
        CheckLoss(run, discriminator, state, video);
        if (run.Recorded.Has("out.r1_penalty")) CheckPenalty(run, discriminator, state, video);
    }

    private static void CheckLoss(
        CaseRun run, LowResolutionDiscriminator discriminator, NetworkState state, Variable video)
    {
        Variable logits = discriminator.Forward(video, (stage, value) =>
        {
            if (run.Recorded.Has($"out.{stage}")) run.Check($"out.{stage}", value.Detach().ToChannelsFirst());
        });
        run.Check("out.logits", logits);
        Variable loss = (-logits).BiasActivation(null, Activation.Softplus).Mean();
        Variable[] gradients = Gradient.Of(loss, [video, .. state.Parameters]);
        run.Check("grad.in.video", gradients[0].ToChannelsFirst());
        state.CheckGradients("grad.", gradients[1..]);
    }

    private static void CheckPenalty(
        CaseRun run, LowResolutionDiscriminator discriminator, NetworkState state, Variable video)
    {
        Variable slope = Gradient.Of(discriminator.Forward(video), video, differentiable: true);
        run.Check("out.r1_grad", slope.Detach().ToChannelsFirst());
        Variable penalty = slope.SumOfSquares(1, 4).Reshape([video.Shape[0]]);
        run.Check("out.r1_penalty", penalty);
        Variable loss = penalty.Mean() * (float)(run.Config.RequiredNumber("r1_gamma") / 2);
        state.CheckGradients("grad_r1.", Gradient.Of(loss, state.Parameters));
    }
}
