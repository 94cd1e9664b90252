using GenKernels.Autograd;

namespace GenKernels.Train.Verification;

/// <summary>Group norm, with channels second in the records, and layer norm, with channels last: values and
/// gradients.</summary>
internal sealed class NormalizationCases : ICaseRunner
{
    public string Kind => "norm";

    public bool Recognises(RecordedCase recorded) =>
        recorded.Config.Text("op") is "group_norm" or "layer_norm" && recorded.Has("in.x");

    public CaseTolerance Tolerance(RecordedCase recorded, string result) => new(1e-5, 1e-6);

    public void Run(CaseRun run)
    {
        Variable x = run.Leaf("in.x");
        Variable? w = run.OptionalLeaf("in.w");
        Variable? b = run.OptionalLeaf("in.b");
        float epsilon = (float)(run.Config.Number("eps") ?? 1e-5);
        Variable y = run.Config.Text("op") switch
        {
            "group_norm" => Grouped(run, x, w, b, epsilon),
            "layer_norm" => x.LayerNorm(w, b, epsilon),
            var other => throw new UnknownCaseException($"unknown norm {other ?? "without a name"}"),
        };
        run.Check("out.y", y);
        if (run.Recorded.Has("in.dy")) run.CheckGradients("grad", y, run.Constant("in.dy"));
    }

    private static Variable Grouped(CaseRun run, Variable x, Variable? w, Variable? b, float epsilon)
    {
        if (x.Shape.Rank < 2) throw new UnknownCaseException($"group norm of {x.Shape}");
        int groups = run.Config.RequiredInteger("groups");
        return x.ToChannelsLast().GroupNorm(groups, w, b, epsilon).ToChannelsFirst();
    }
}
