using GenKernels.Autograd;
using GenKernels.Kernels.Augmentation;
using GenKernels.Runtime;

namespace GenKernels.Train.Verification;

/// <summary>
/// DiffAugment of clips <c>[N, C, T, H, W]</c> with recorded draws, one per clip. Parts of the policy that come in the
/// operation's order are applied in one pass.
/// </summary>
internal sealed class DiffAugCases : ICaseRunner
{
    private const double CutoutShare = 0.5;
    private static readonly string[] s_order = ["color", "translation", "cutout"];

    public string Kind => "diffaug";

    public bool Recognises(RecordedCase recorded) => recorded.Config.Has("policy") && recorded.Rank("in.x") == 5;

    public CaseTolerance Tolerance(RecordedCase recorded, string result) => new(1e-5, 1e-6);

    public void Run(CaseRun run)
    {
        Variable y = run.Leaf("in.x").ToChannelsLast();
        DiffAugDraws draws = new();
        int last = -1;
        foreach (string part in (run.Config.Text("policy") ?? "").Split(',', StringSplitOptions.TrimEntries))
        {
            int place = Array.IndexOf(s_order, part);
            if (place <= last) (y, draws) = (y.DiffAug(draws), new DiffAugDraws());
            last = place;
            draws = part switch
            {
                "color" => draws with
                {
                    Brightness = Uniform(run, "in.brightness_u"),
                    Saturation = Uniform(run, "in.saturation_u"),
                    Contrast = Uniform(run, "in.contrast_u"),
                },
                "translation" => draws with
                {
                    Rows = Whole(run, "in.translation_rows"),
                    Columns = Whole(run, "in.translation_cols"),
                },
                "cutout" when (run.Config.Number("cutout_ratio") ?? CutoutShare) == CutoutShare => draws with
                {
                    CutoutRows = Whole(run, "in.offset_rows"),
                    CutoutColumns = Whole(run, "in.offset_cols"),
                },
                _ => throw new UnknownCaseException($"unknown augmentation {part} of this kind"),
            };
        }

        y = y.DiffAug(draws).ToChannelsFirst();
        run.Check("out.y", y);
        if (run.Recorded.Has("in.dy")) run.CheckGradients("grad", y, run.Constant("in.dy"));
    }

    private static Tensor Uniform(CaseRun run, string name)
    {
        Tensor draw = run.Floats(name);
        return draw.View([(int)draw.ElementCount]);
    }

    private static Tensor Whole(CaseRun run, string name)
    {
        int[] values = run.Integers(name);
        return Tensor.From(values, [values.Length], run.Device);
    }
}
