using GenKernels.Autograd;
using GenKernels.Train.Metrics;

namespace GenKernels.Train.Verification;

/// <summary>Colour similarity of the frames of a video <c>[C, T, H, W]</c> to its first one, and each pixel's
/// bin.</summary>
internal sealed class ColorSimilarityCases : ICaseRunner
{
    private const string Bins = "out.bin_index";

    public string Kind => "color_similarity";

    public bool Recognises(RecordedCase recorded) =>
        recorded.Config.Has("bins_per_color") && recorded.Rank("in.video") == 4;

    /// <summary>Bins must match exactly, similarities but for the rounding of a count's share.</summary>
    public CaseTolerance Tolerance(RecordedCase recorded, string result) =>
        result == Bins ? new(0, 0.25) : new(0, 1e-6);

    public void Run(CaseRun run)
    {
        int levels = run.Config.Integer("bins_per_color") ?? ColorSimilarity.Levels;
        if (levels != ColorSimilarity.Levels)
        {
            throw new UnknownCaseException($"{levels} bins per colour, not {ColorSimilarity.Levels}");
        }

        Variable video = run.Constant("in.video");
        if (video.Shape[0] != 3) throw new UnknownCaseException($"a video of {video.Shape[0]} colours, not 3");
        float[] values = video.Permute(1, 2, 3, 0).Value.ToArray<float>();
        run.Check("out.similarity", ColorSimilarity.OverTime(values, video.Shape[1]).AsSpan(1));
        run.Check(Bins, [.. values.Chunk(3).Select(pixel => (double)ColorSimilarity.Bin(pixel))]);
    }
}
