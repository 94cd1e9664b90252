using System.Text.RegularExpressions;
using GenKernels.Autograd;
using GenKernels.Kernels.Movement;
using GenKernels.Runtime;

namespace GenKernels.Train.Verification;

/// <summary>
/// The samplers of the video networks over time or space. "pad N" replicates the edge elements on both sides, N at the
/// lower rate, and crops what they become from the result; zeros lie beyond. Without it, the "2d" samplers replicate
/// one element.
/// </summary>
internal sealed partial class ResampleCases : ICaseRunner
{
    public string Kind => "resample";

    public bool Recognises(RecordedCase recorded) =>
        Operation().IsMatch(recorded.Config.Text("op") ?? "") && recorded.Has("in.f");

    public CaseTolerance Tolerance(RecordedCase recorded, string result) => new(1e-5, 1e-6);

    public void Run(CaseRun run)
    {
        string name = run.Config.Text("op") ?? "";
        Match operation = Operation().Match(name);
        if (!operation.Success) throw new UnknownCaseException($"unknown sampler {name}");
        int scale = operation.Groups["scale"].Success ? int.Parse(operation.Groups["scale"].Value) : 2;
        int byDefault = operation.Groups["dimensions"].Value == "2d" ? 1 : 0;
        int padding = operation.Groups["pad"].Success ? int.Parse(operation.Groups["pad"].Value) : byDefault;
        Variable x = run.Leaf("in.x");
        Tensor filter = run.Floats("in.f");

        Variable y = x.ToChannelsLast();
        bool isUp = operation.Groups["way"].Value == "Up";
        int replicated = isUp ? padding : padding * scale;
        foreach (int axis in Axes(operation, run.Config, x.Shape.Rank))
        {
            Variable padded = replicated == 0 ? y : y.Pad(axis, replicated, replicated, Border.Replicate);
            y = isUp
                ? padded.Upsample(axis, filter, scale, -padding * scale)
                : padded.Downsample(axis, filter, scale, -replicated);
        }

        y = y.ToChannelsFirst();
        run.Check("out.y", y);
        if (run.Recorded.Has("in.dy")) run.CheckGradients("grad", y, run.Constant("in.dy"));
    }

    /// <returns>The filtered axes of channels-last activations.</returns>
    private static int[] Axes(Match operation, CaseConfig config, int rank)
    {
        int[] space = [rank - 3, rank - 2];
        if (operation.Groups["dimensions"].Value == "3d")
        {
            int[] chosen = config.Flag("spatial") ?? true ? space : [];
            return config.Flag("temporal") ?? true ? [.. chosen, 1] : chosen;
        }

        return operation.Groups["where"].Value == "Temporal" ? [1] : space;
    }

    [GeneratedRegex(
        @"^(?:(?<where>Temporal|Spatial)(?:Linear|Bilinear|Kaiser)(?<way>Up|Down)sample"
        + @"|Kaiser(?<way>Up|Down)sample(?<dimensions>2d)"
        + @"|(?<way>Up|Down)sample(?<dimensions>3d))(?: x(?<scale>\d+))?(?: pad(?<pad>\d+))?$")]
    private static partial Regex Operation();
}
