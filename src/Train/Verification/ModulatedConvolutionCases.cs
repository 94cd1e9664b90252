using GenKernels.Autograd;

namespace GenKernels.Train.Verification;

/// <summary>Modulated convolutions of images <c>[N, C, H, W]</c> with a style <c>[N, C]</c>, resampled or
/// normalised.</summary>
internal sealed class ModulatedConvolutionCases : ICaseRunner
{
    public string Kind => "modulated_conv2d";

    public bool Recognises(RecordedCase recorded) =>
        recorded.Config.Has("demodulate")
        && recorded.Rank("in.x") == 4 && recorded.Rank("in.w") == 4 && recorded.Rank("in.s") == 2;

    public CaseTolerance Tolerance(RecordedCase recorded, string result) => new(1e-5, 1e-6);

    public void Run(CaseRun run)
    {
        Variable x = run.Leaf("in.x").ToChannelsLast();
        Variable w = run.Leaf("in.w").ToChannelsLast();
        Variable style = run.Leaf("in.s");
        bool demodulate = run.Config.Flag("demodulate") ?? true;
        bool isResampled = run.Config.Has("flip_weight") || run.Config.Has("up") || run.Config.Has("down");
        Variable y = isResampled
            ? x.ModulatedConvolution(
                w, style, run.Recorded.Has("in.f") ? run.Floats("in.f") : null,
                ResampledConvolutionCases.Options(run.Config), demodulate,
                run.OptionalLeaf("in.noise")?.ToChannelsLast())
            : x.NormalizedModulatedConvolution(
                w, style, run.OptionalLeaf("in.input_gain"), Padding(run.Config), demodulate);
        y = y.ToChannelsFirst();
        run.Check("out.y", y);
        if (run.Recorded.Has("in.dy")) run.CheckGradients("grad", y, run.Constant("in.dy"));
    }

    /// <summary>Here two numbers mean rows and columns, as for plain convolutions.</summary>
    private static ImagePadding Padding(CaseConfig config)
    {
        ImagePadding padding = ImagePaddingSetting.Read(config);
        return config.Integers("padding") is { Length: 2 }
            ? new ImagePadding(padding.Top, padding.Bottom, padding.Left, padding.Right)
            : padding;
    }
}
