using GenKernels.Autograd;
using GenKernels.Kernels.Vision;
using GenKernels.Runtime;

namespace GenKernels.Train.Verification;

/// <summary>Heatmaps <c>[N, K, H, W]</c> of keypoints and of limbs.</summary>
internal sealed class HeatmapCases : ICaseRunner
{
    public string Kind => "heatmaps";

    public bool Recognises(RecordedCase recorded) =>
        recorded.Rank("in.keypoints") == 3
        && (recorded.Has("out.keypoint_heatmaps") || recorded.Has("out.limb_heatmaps"));

    public CaseTolerance Tolerance(RecordedCase recorded, string result) => new(1e-5);

    public void Run(CaseRun run)
    {
        (int height, int width) = (run.Config.RequiredInteger("height"), run.Config.RequiredInteger("width"));
        double? sigma = run.Config.Number("sigma");
        Tensor keypoints = run.Floats("in.keypoints");
        Check("out.keypoint_heatmaps", KeypointHeatmaps.Forward(keypoints, height, width, sigma: sigma));
        if (!run.Recorded.Has("out.limb_heatmaps")) return;

        if (keypoints.Shape[1] != 18) throw new UnknownCaseException("limbs are defined only for 18 keypoints");
        int[] pairs = [.. KeypointHeatmaps.BodyLimbs.SelectMany(limb => new[] { limb.From, limb.To })];
        Tensor limbs = Tensor.From(pairs, [pairs.Length / 2, 2], run.Device);
        Check("out.limb_heatmaps", KeypointHeatmaps.Limbs(keypoints, limbs, height, width, sigma: sigma));

        void Check(string name, Tensor maps) => run.Check(name, new Variable(maps).ToChannelsFirst());
    }
}
