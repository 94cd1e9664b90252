using System.Text.RegularExpressions;
using GenKernels.Autograd;
using GenKernels.Kernels.Convolution;
using GenKernels.Runtime;

namespace GenKernels.Train.Verification;

/// <summary>Convolutions and transposed convolutions in one to three dimensions.</summary>
internal sealed partial class ConvolutionCases : ICaseRunner
{
    public string Kind => "conv";

    public bool Recognises(RecordedCase recorded) =>
        Operation().IsMatch(recorded.Config.Text("op") ?? "") && recorded.Has("in.x") && recorded.Has("in.w");

    public CaseTolerance Tolerance(RecordedCase recorded, string result) =>
        new(result.StartsWith("grad_pen.", StringComparison.Ordinal) ? 1e-4 : 1e-5);

    public void Run(CaseRun run)
    {
        string name = run.Config.Text("op") ?? "";
        Match operation = Operation().Match(name);
        if (!operation.Success) throw new UnknownCaseException($"unknown convolution {name}");
        int dimensions = int.Parse(operation.Groups["dimensions"].Value);
        Variable x = run.Leaf("in.x");
        Variable w = run.Leaf("in.w");
        Variable? b = run.OptionalLeaf("in.b");
        if (x.Shape.Rank != dimensions + 2 || w.Shape.Rank != dimensions + 2)
        {
            throw new UnknownCaseException($"{name} of {x.Shape} with weights {w.Shape}");
        }

        Variable y = operation.Groups["transposed"].Success
            ? Transposed(Expand(x), Expand(w), run.Config, dimensions)
            : Expand(x).Convolution(Expand(w), Options(run.Config, dimensions));
        y = Shrink(b is null ? y : y + b, dimensions);
        run.Check("out.y", y);
        if (run.Recorded.Has("in.dy")) run.CheckGradients("grad", y, run.Constant("in.dy"));
        run.CheckPenalty(y, x);
    }

    /// <summary>
    /// The data gradient of the convolution in the opposite direction; its weights are <c>[in, out / groups, …]</c>.
    /// </summary>
    private static Variable Transposed(Variable x, Variable w, CaseConfig config, int dimensions)
    {
        ConvolutionOptions options = Options(config, dimensions);
        Triple extra = Setting(config, "output_padding", 0, dimensions, outside: 0);
        int Size(int size, int taps, int stride, int padding, int dilation, int more) =>
            ((size - 1) * stride) - (2 * padding) + (dilation * (taps - 1)) + 1 + more;
        (Triple stride, Triple padding, Triple dilation) = (options.Stride, options.Before, options.Dilation);
        Shape shape =
        [
            x.Shape[0],
            Size(x.Shape[1], w.Shape[1], stride.T, padding.T, dilation.T, extra.T),
            Size(x.Shape[2], w.Shape[2], stride.H, padding.H, dilation.H, extra.H),
            Size(x.Shape[3], w.Shape[3], stride.W, padding.W, dilation.W, extra.W),
            w.Shape[4] * options.Groups,
        ];
        return x.ConvolutionDataGradient(w, shape, options);
    }

    private static ConvolutionOptions Options(CaseConfig config, int dimensions)
    {
        Triple padding = Setting(config, "padding", 0, dimensions, outside: 0);
        Triple stride = Setting(config, "stride", 1, dimensions, outside: 1);
        Triple dilation = Setting(config, "dilation", 1, dimensions, outside: 1);
        return new ConvolutionOptions(stride, padding, padding, dilation, config.Integer("groups") ?? 1);
    }

    /// <returns>A setting with one number for all dimensions or one for each; absent dimensions get
    /// <c>outside</c>.</returns>
    private static Triple Setting(CaseConfig config, string name, int byDefault, int dimensions, int outside)
    {
        int[] given = config.Integers(name) ?? [byDefault];
        if (given.Length != 1 && given.Length != dimensions)
        {
            throw new UnknownCaseException($"{name} must be one number or {dimensions}, got {given.Length}");
        }

        int[] all = [outside, outside, outside];
        for (int i = 0; i < dimensions; i++) all[3 - dimensions + i] = given[given.Length == 1 ? 0 : i];
        return new Triple(all[0], all[1], all[2]);
    }

    /// <returns><c>[N, C, …]</c> as <c>[N, T, H, W, C]</c>, with size 1 for absent axes.</returns>
    private static Variable Expand(Variable x)
    {
        Variable last = x.ToChannelsLast();
        return last.Reshape([last.Shape[0], .. Enumerable.Repeat(1, 5 - last.Shape.Rank), .. last.Shape.Skip(1)]);
    }

    private static Variable Shrink(Variable y, int dimensions) =>
        y.Reshape([y.Shape[0], .. y.Shape.Skip(4 - dimensions)]).ToChannelsFirst();

    [GeneratedRegex(@"^conv(?<transposed>_transpose)?(?<dimensions>[123])d$")]
    private static partial Regex Operation();
}
