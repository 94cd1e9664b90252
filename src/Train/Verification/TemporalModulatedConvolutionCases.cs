using GenKernels.Autograd;
using GenKernels.Kernels.Convolution;

namespace GenKernels.Train.Verification;

/// <summary>
/// Convolutions over space and time with a style that changes over time: x <c>[N, C, T, H, W]</c>, s <c>[N, C, T]</c>.
/// </summary>
internal sealed class TemporalModulatedConvolutionCases : ICaseRunner
{
    public string Kind => "temporal_modulated_conv3d";

    public bool Recognises(RecordedCase recorded) =>
        recorded.Config.Has("demodulate")
        && recorded.Rank("in.x") == 5 && recorded.Rank("in.w") == 5 && recorded.Rank("in.s") == 3;

    public CaseTolerance Tolerance(RecordedCase recorded, string result) => new(1e-5, 1e-6);

    public void Run(CaseRun run)
    {
        Variable x = run.Leaf("in.x");
        Variable w = run.Leaf("in.w");
        Variable s = run.Leaf("in.s");
        Variable? inputGain = run.Config.Number("input_gain") is { } gain
            ? Variable.Full([1], gain, x.Type, x.Device)
            : null;
        int[] padding = run.Config.Integers("padding") ?? [0];
        Triple around = padding.Length switch
        {
            1 => new Triple(padding[0], padding[0], padding[0]),
            3 => new Triple(padding[0], padding[1], padding[2]),
            _ => throw new UnknownCaseException($"padding must be one number or three, got {padding.Length}"),
        };
        Variable y = x.ToChannelsLast().TemporalModulatedConvolution(
            w.ToChannelsLast(), s.ToChannelsLast(), inputGain, around, run.Config.Flag("demodulate") ?? true)
            .ToChannelsFirst();
        run.Check("out.y", y);
        if (run.Recorded.Has("in.dy")) run.CheckGradients("grad", y, run.Constant("in.dy"));
    }
}
