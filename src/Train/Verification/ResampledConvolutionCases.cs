using GenKernels.Autograd;
using GenKernels.Runtime;

namespace GenKernels.Train.Verification;

/// <summary>
/// Convolutions of images <c>[N, C, H, W]</c> with resampling; without a filter, a single tap of 1 is used.
/// </summary>
internal sealed class ResampledConvolutionCases : ICaseRunner
{
    public string Kind => "conv2d_resample";

    public bool Recognises(RecordedCase recorded) =>
        recorded.Config.Has("flip_weight") && recorded.Rank("in.x") == 4 && recorded.Rank("in.w") == 4
        && !recorded.Has("in.s");

    public CaseTolerance Tolerance(RecordedCase recorded, string result) =>
        new(result.StartsWith("grad_pen.", StringComparison.Ordinal) ? 1e-4 : 1e-5);

    public void Run(CaseRun run)
    {
        Tensor filter = run.Recorded.Has("in.f") ? run.Floats("in.f") : Tensor.From([1f], [1], run.Device);
        Variable x = run.Leaf("in.x");
        Variable y = x.ToChannelsLast()
            .ResampledConvolution(run.Leaf("in.w").ToChannelsLast(), filter, Options(run.Config))
            .ToChannelsFirst();
        run.Check("out.y", y);
        if (run.Recorded.Has("in.dy")) run.CheckGradients("grad", y, run.Constant("in.dy"));
        run.CheckPenalty(y, x);
    }

    /// <summary>Also reads the settings of modulated convolutions, which are resampled in the same way.</summary>
    internal static ResampledConvolutionOptions Options(CaseConfig config) => new(
        config.Integer("up") ?? 1, config.Integer("down") ?? 1, ImagePaddingSetting.Read(config),
        IsTurned: !(config.Flag("flip_weight") ?? true), config.Integer("groups") ?? 1);
}
