using GenKernels.Autograd;
using GenKernels.Kernels.Elementwise;
using GenKernels.Kernels.Random;
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
        run.Check("grad.in.video", Gradient.Of(Loss(logits), video).ToChannelsFirst());
        using RandomGenerator random = new(run.Device, seed: 0);
        state.CheckGradients("grad.", movement =>
            Gradient.Of(Loss(discriminator.Forward(Moved(video, random, movement))), state.Parameters));
    }

    private static void CheckPenalty(
        CaseRun run, LowResolutionDiscriminator discriminator, NetworkState state, Variable video)
    {
        Variable slope = Slope(discriminator, video);
        run.Check("out.r1_grad", slope.Detach().ToChannelsFirst());
        run.Check("out.r1_penalty", slope.SumOfSquares(1, 4).Reshape([video.Shape[0]]));
        float weight = (float)(run.Config.RequiredNumber("r1_gamma") / 2 / video.Shape[0]);
        using RandomGenerator random = new(run.Device, seed: 0);
        state.CheckGradients("grad_r1.", movement =>
            Gradient.Of(Slope(discriminator, Moved(video, random, movement)).Square().Sum() * weight, state.Parameters));
    }

    private static Variable Loss(Variable logits) => (-logits).BiasActivation(null, Activation.Softplus).Mean();

    private static Variable Slope(LowResolutionDiscriminator discriminator, Variable video) =>
        Gradient.Of(discriminator.Forward(video), video, differentiable: true);

    private static Variable Moved(Variable video, RandomGenerator random, float movement) => movement == 0
        ? video
        : new Variable((video.Detach() + (new Variable(random.Normal(video.Shape)) * movement)).Value, requiresGradient: true);
}
