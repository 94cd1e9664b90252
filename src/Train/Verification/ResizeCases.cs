using System.Globalization;
using GenKernels.Autograd;
using GenKernels.Kernels.Movement;
using GenKernels.Kernels.Vision;

namespace GenKernels.Train.Verification;

/// <summary>Pictures <c>[N, C, H, W]</c> that are resized, padded, or sampled at given positions.</summary>
internal sealed class ResizeCases : ICaseRunner
{
    private const string Upsample = "nearest upsample";
    private const string Pad = "pad";
    private const string Sample = "grid_sample";
    private const string ToSize = "interpolate";

    public string Kind => "resize";

    public bool Recognises(RecordedCase recorded) => recorded.Rank("in.x") == 4
        && NameOf(recorded.Config) is Upsample or Pad or Sample or ToSize;

    public CaseTolerance Tolerance(RecordedCase recorded, string result) => new(1e-5, 1e-6);

    public void Run(CaseRun run)
    {
        Variable x = run.Leaf("in.x").ToChannelsLast();
        Variable y = NameOf(run.Config) switch
        {
            Upsample => x.UpsampleNearest(run.Config.RequiredInteger("factor")),
            Pad => Padded(run.Config, x),
            Sample => Sampled(run, x),
            _ => Interpolated(run.Config, x),
        };
        y = y.ToChannelsFirst();
        run.Check("out.y", y);
        if (run.Recorded.Has("in.dy")) run.CheckGradients("grad", y, run.Constant("in.dy"));
    }

    /// <returns>The operation of this kind; else the setting's own text, or null if it is missing.</returns>
    private static string? NameOf(CaseConfig config) => config.Text("op") switch
    {
        { } op when op.Contains(Sample, StringComparison.Ordinal) => Sample,
        { } op when op.StartsWith(ToSize, StringComparison.Ordinal) => ToSize,
        var op => op,
    };

    /// <summary>The paddings come in the order left, right, top, bottom.</summary>
    private static Variable Padded(CaseConfig config, Variable x)
    {
        string text = config.Text("pad") ?? throw new UnknownCaseException("the config lacks pad");
        string[] counts = text[(text.IndexOf('=', StringComparison.Ordinal) + 1)..].Split(',');
        int[] pad = Array.ConvertAll(counts, count => int.TryParse(count, CultureInfo.InvariantCulture, out int value)
            ? value
            : throw new UnknownCaseException($"the padding {text}"));
        if (pad.Length != 4) throw new UnknownCaseException($"the padding {text}");
        if (config.Text("mode") == "constant")
        {
            double value = config.Number("value") ?? 0;
            return x.PadWith(value, 2, pad[0], pad[1]).PadWith(value, 1, pad[2], pad[3]);
        }

        Border border = config.Text("mode") switch
        {
            "reflect" => Border.Reflect,
            "replicate" => Border.Replicate,
            var mode => throw new UnknownCaseException($"the padding mode {mode}"),
        };
        return x.Pad(2, pad[0], pad[1], border).Pad(1, pad[2], pad[3], border);
    }

    private static Variable Sampled(CaseRun run, Variable x)
    {
        string op = run.Config.Text("op") ?? "";
        foreach (string other in new[] { "align_corners=True", "bicubic", "nearest", "border padding", "reflection" })
        {
            bool isOther = op.Contains(other, StringComparison.OrdinalIgnoreCase);
            if (isOther) throw new UnknownCaseException($"only bilinear sampling padded with zeros is supported: {op}");
        }

        if (!run.Recorded.Has("in.theta")) return x.GridSample(run.Leaf("in.grid"));
        int[] size = run.Config.Integers("size") ?? [];
        if (size.Length != 4) throw new UnknownCaseException("the config lacks the four sizes of the result");
        Variable grid = run.Leaf("in.theta").AffineGrid(size[2], size[3]);
        run.Check("out.grid", grid);
        return x.GridSample(grid);
    }

    private static Variable Interpolated(CaseConfig config, Variable x)
    {
        InterpolateKind kind = config.Text("mode") switch
        {
            "nearest" => InterpolateKind.Nearest,
            "bilinear" => InterpolateKind.Bilinear,
            "bicubic" => InterpolateKind.Bicubic,
            "area" => InterpolateKind.Area,
            var mode => throw new UnknownCaseException($"unknown interpolation {mode}"),
        };
        if (config.Flag("antialias") ?? false) throw new UnknownCaseException("antialiasing is not implemented");
        int[] size = config.Integers("size") ?? [];
        if (size.Length != 2) throw new UnknownCaseException("the config lacks the two sizes of the result");
        InterpolateGrid grid = config.Flag("align_corners") ?? false
            ? InterpolateGrid.Corners
            : InterpolateGrid.HalfPixel;
        return x.Interpolate(new InterpolateOptions(kind, size[0], size[1], grid));
    }
}
