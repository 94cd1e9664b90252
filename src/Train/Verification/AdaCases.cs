using GenKernels.Autograd;
using GenKernels.Kernels.Filtering.Design;
using GenKernels.Runtime;
using GenKernels.Train.Augmentation;

namespace GenKernels.Train.Verification;

/// <summary>Adaptive augmentation of clips <c>[N, C, T, H, W]</c> with recorded draws and recorded matrices.</summary>
internal sealed class AdaCases : ICaseRunner
{
    private const string Margin = "out.margin";

    // Augmentations and strengths by their names in the original's settings.
    private static readonly Dictionary<string, Func<AdaOptions, double, AdaOptions>> s_settings = new()
    {
        ["xflip"] = (options, value) => options with { Flip = value },
        ["rotate90"] = (options, value) => options with { QuarterTurns = value },
        ["xint"] = (options, value) => options with { WholeMoves = value },
        ["xint_max"] = (options, value) => options with { WholeMoveLargest = value },
        ["scale"] = (options, value) => options with { Scale = value },
        ["scale_std"] = (options, value) => options with { ScaleDeviation = value },
        ["rotate"] = (options, value) => options with { Rotation = value },
        ["rotate_max"] = (options, value) => options with { RotationLargest = value },
        ["aniso"] = (options, value) => options with { Anisotropy = value },
        ["aniso_std"] = (options, value) => options with { AnisotropyDeviation = value },
        ["xfrac"] = (options, value) => options with { Moves = value },
        ["xfrac_std"] = (options, value) => options with { MoveDeviation = value },
        ["brightness"] = (options, value) => options with { Brightness = value },
        ["brightness_std"] = (options, value) => options with { BrightnessDeviation = value },
        ["contrast"] = (options, value) => options with { Contrast = value },
        ["contrast_std"] = (options, value) => options with { ContrastDeviation = value },
        ["lumaflip"] = (options, value) => options with { LumaFlip = value },
        ["hue"] = (options, value) => options with { Hue = value },
        ["hue_max"] = (options, value) => options with { HueLargest = value },
        ["saturation"] = (options, value) => options with { Saturation = value },
        ["saturation_std"] = (options, value) => options with { SaturationDeviation = value },
        ["noise"] = (options, value) => options with { Noise = value },
        ["noise_std"] = (options, value) => options with { NoiseDeviation = value },
    };

    public string Kind => "ada_augment";

    public bool Recognises(RecordedCase recorded) =>
        recorded.Config.Has("kwargs") && recorded.Config.Has("p") && recorded.Rank("in.x") == 5;

    /// <summary>Margins may differ by 1: rounding decides whether one that falls on a whole number is rounded
    /// up.</summary>
    public CaseTolerance Tolerance(RecordedCase recorded, string result) =>
        result == Margin ? new(0, Absolute: 1) : new(1e-4);

    public void Run(CaseRun run)
    {
        Variable x = run.Leaf("in.x").ToChannelsLast();
        (int clips, int height, int width) = (x.Shape[0], x.Shape[2], x.Shape[3]);
        RecordedAdaDraws draws = new(run.Recorded);
        AdaTransform transform = AdaSampler.Draw(
            Options(run.Config.Section("kwargs")), run.Config.RequiredNumber("p"), clips, height, width, draws);
        CheckMatrices(run, transform);
        float[] taps = Array.ConvertAll(Symlet.Lowpass(), tap => (float)tap);
        Tensor lowpass = run.Recorded.Has("in.Hz_geom")
            ? run.Floats("in.Hz_geom")
            : Tensor.From(taps, [taps.Length], run.Device);
        Tensor? noise = transform.Noise is null ? null : Noise(run.Floats(draws.NextName("_randn")), x.Shape);
        if (transform.Sources is not null)
        {
            ImagePadding margin = ClipWarpOperation.Margin(transform.Sources, height, width, lowpass.Shape[0] / 4);
            run.Check(Margin, (double[])[margin.Left, margin.Top, margin.Right, margin.Bottom]);
        }

        Variable y = transform.Apply(x, lowpass, noise).ToChannelsFirst();
        run.Check("out.y", y);
        if (run.Recorded.Has("in.dy")) run.CheckGradients("grad", y, run.Constant("in.dy"));
    }

    private static AdaOptions Options(CaseConfig settings)
    {
        AdaOptions options = new();
        foreach (string name in settings.Names)
        {
            if (!s_settings.TryGetValue(name, out Func<AdaOptions, double, AdaOptions>? set))
            {
                throw new UnknownCaseException($"unknown augmentation {name} of this kind");
            }

            options = set(options, settings.RequiredNumber(name));
        }

        return options;
    }

    private static void CheckMatrices(CaseRun run, AdaTransform transform)
    {
        if (transform.Sources is not null && run.Recorded.Has("in.G_inv"))
        {
            double[] maps = [.. transform.Sources.SelectMany(map => (double[])
                [map.XX, map.XY, map.X, map.YX, map.YY, map.Y])];
            run.Compare("in.G_inv", maps, WithoutLastRows(run, "in.G_inv"));
        }

        if (transform.Colors is not null && run.Recorded.Has("in.C"))
        {
            run.Compare("in.C", [.. transform.Colors.SelectMany(map => map.ToArray())], WithoutLastRows(run, "in.C"));
        }
    }

    /// <returns>Recorded square matrices without their last rows, which are constant.</returns>
    private static double[] WithoutLastRows(CaseRun run, string name)
    {
        double[] values = run.Recorded.Values(name);
        int size = run.Recorded.Shape(name)[1];
        return [.. values.Where((_, index) => index / size % size < size - 1)];
    }

    /// <returns>Noise recorded as <c>[N, C T, H, W]</c>, in the layout of the clips.</returns>
    private static Tensor Noise(Tensor recorded, Shape clips)
    {
        Shape split = [clips[0], clips[4], clips[1], clips[2], clips[3]];
        return new Variable(recorded).Reshape(split).ToChannelsLast().Value;
    }
}
