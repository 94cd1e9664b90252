using GenKernels.Autograd;
using GenKernels.Runtime;

namespace GenKernels.Train.Verification;

/// <summary>
/// One clip <c>[C, H, W, T]</c> played at another speed, padded with zeros at both ends, and cropped.
/// </summary>
internal sealed class TemporalStretchCases : ICaseRunner
{
    private const string Layout = "[c,h,w,t]";

    public string Kind => "temporal_stretch";

    public bool Recognises(RecordedCase recorded) =>
        recorded.Config.Has("scale_factor") && recorded.Config.Has("crop_start") && recorded.Rank("in.x") == 4;

    public CaseTolerance Tolerance(RecordedCase recorded, string result) => new(1e-5, 1e-6);

    public void Run(CaseRun run)
    {
        CaseConfig config = run.Config;
        string layout = config.Text("layout") ?? Layout;
        bool isKnown = layout.StartsWith(Layout, StringComparison.Ordinal);
        if (!isKnown) throw new UnknownCaseException($"the layout {layout}");
        Variable x = run.Leaf("in.x");
        Variable clip = x.Permute(3, 0, 1, 2).Reshape([1, x.Shape[3], x.Shape[0], x.Shape[1], x.Shape[2]]);
        Tensor scale = Tensor.From([(float)config.RequiredNumber("scale_factor")], [1], run.Device);
        Tensor none = Whole(0);
        if (config.Integer("resized_length") is { } length)
        {
            run.Check("out.resized", ToRecorded(clip.TemporalStretch(scale, none, none, length)));
        }

        int padding = (config.Integers("pad") ?? [0])[0];
        int frameCount = config.Integer("seq_length") ?? x.Shape[3];
        Tensor start = Whole(config.RequiredInteger("crop_start"));
        Variable y = clip.TemporalStretch(scale, Whole(padding), start, frameCount);
        y = ToRecorded(y);
        run.Check("out.y", y);
        if (run.Recorded.Has("in.dy")) run.CheckGradients("grad", y, run.Constant("in.dy"));

        Tensor Whole(int value) => Tensor.From([value], [1], run.Device);
    }

    private static Variable ToRecorded(Variable clip) => clip.Reshape([.. clip.Shape.Skip(1)]).Permute(1, 2, 3, 0);
}
