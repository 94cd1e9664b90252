using GenKernels.Autograd;
using GenKernels.Kernels.Elementwise;
using GenKernels.Models.LongVideo;
using GenKernels.Models.StyleGan;
using GenKernels.Runtime;

namespace GenKernels.Train.Verification;

/// <summary>
/// The low-resolution discriminator. Gradients are those of mean softplus(-D); the penalty of each clip is the sum of
/// squares of d sum(D) / d video, and the penalty's gradients are those of mean(penalty γ / 2).
/// </summary>
internal sealed class LowResolutionDiscriminatorCases : ICaseRunner
{
    private const double Clamp = 256;

    public string Kind => "longvideo_lres_D";

    public bool HasKinks => true;

    public bool Recognises(RecordedCase recorded) =>
        recorded.Config.Text("kind") == "lres.VideoDiscriminator"
        || (recorded.Config.Has("video_shape") && HashedTensors.Of(recorded)?.Has("blocks.0.conv_vid.weight") == true);

    public CaseTolerance Tolerance(RecordedCase recorded, string result) => NetworkState.Tolerance(recorded, result);

    public void Run(CaseRun run)
    {
        HashedTensors? hashed = HashedTensors.Of(run.Recorded);
        using Initializer initializer = new(run.Device, seed: 0);
        LowResolutionDiscriminatorOptions options = hashed is null ? Options(run.Config) : PaperOptions(run.Config);
        using LowResolutionDiscriminator network = new(options, initializer);
        NetworkState.Load(network, run);
        if (hashed is not null)
        {
            using IDisposable mode = GradientMode.Disable();
            int[] sizes = run.Config.Integers("video_shape")!;
            Variable made = new(Tensor.From(hashed.Make("in.video", [.. sizes]), [.. sizes], run.Device));
            Judge(run, network, made);
            return;
        }

        Variable video = run.Leaf("in.video");
        Variable logits = Judge(run, network, video);
        Variable loss = (-logits).BiasActivation(null, Activation.Softplus).Mean();
        NetworkState.CheckGradients(run, "grad", network, loss);
        run.CheckGradients("grad.in", loss);
        if (!run.Recorded.Has("out.r1_penalty")) return;
        CheckPenalty(run, network, Gradient.Of(logits, video, differentiable: true));
    }

    private static Variable Judge(CaseRun run, LowResolutionDiscriminator network, Variable video)
    {
        Variable logits = network.Forward(video.ToChannelsLast(), (name, value) => CheckStage(run, name, value));
        run.Check("out.logits", logits);
        return logits;
    }

    private static void CheckStage(CaseRun run, string name, Variable value)
    {
        Variable recorded = value.ToChannelsFirst();
        bool isRow = value.Shape.Rank == 5 && run.Recorded.Rank($"out.{name}") == 3;
        run.CheckStage(name, isRow ? recorded.Reshape([.. recorded.Shape.Take(3)]) : recorded);
    }

    private static void CheckPenalty(CaseRun run, LowResolutionDiscriminator network, Variable slope)
    {
        run.Check("out.r1_grad", slope);
        Variable penalty = slope.SumOfSquares(1, 4).Reshape([slope.Shape[0]]);
        run.Check("out.r1_penalty", penalty);
        float half = (float)((run.Config.Number("r1_gamma") ?? 1) / 2);
        NetworkState.CheckGradients(run, "grad_r1", network, penalty.Mean() * half);
    }

    private static LowResolutionDiscriminatorOptions Options(CaseConfig config)
    {
        double clamp = config.Number("conv_clamp") ?? Clamp;
        if (clamp != Clamp) throw new UnknownCaseException($"a clamp of {clamp}, not {Clamp}");
        LowResolutionDiscriminatorOptions byDefault = new();
        CaseConfig epilogue = config.Section("epilogue");
        return new LowResolutionDiscriminatorOptions
        {
            FrameCount = config.RequiredInteger("seq_length"),
            Height = config.RequiredInteger("height"),
            Width = config.RequiredInteger("width"),
            BlockChannels = config.RequiredPairs("block_channels"),
            TemporalTaps = config.Integer("temporal_ksize") ?? byDefault.TemporalTaps,
            SpatialTaps = config.Integer("spatial_ksize") ?? byDefault.SpatialTaps,
            EpilogueChannels = epilogue.Integer("channels") ?? byDefault.EpilogueChannels,
            EpilogueConvolutions = epilogue.Integer("num_conv1d_layers") ?? byDefault.EpilogueConvolutions,
        };
    }

    private static LowResolutionDiscriminatorOptions PaperOptions(CaseConfig config)
    {
        int[] shape = config.Integers("video_shape") ?? [];
        if (shape.Length != 5) throw new UnknownCaseException($"video_shape must have 5 numbers, got {shape.Length}");
        return new LowResolutionDiscriminatorOptions { FrameCount = shape[2], Height = shape[3], Width = shape[4] };
    }
}
