using GenKernels.Autograd;
using GenKernels.Kernels.Attention;
using GenKernels.Runtime;

namespace GenKernels.Train.Verification;

/// <summary>
/// Softmax attention in three forms: self- or cross-attention of x with separate query, key and value weights
/// (<c>to_q</c>); self-attention of <c>[L, N, C]</c> with one packed weight; and bare attention of
/// <c>[N, Heads, L, D]</c>.
/// </summary>
internal sealed class AttentionCases : ICaseRunner
{
    public string Kind => "attention";

    public bool Recognises(RecordedCase recorded) => recorded.Has("out.y") && FormOf(recorded) is not null;

    public CaseTolerance Tolerance(RecordedCase recorded, string result) => new(1e-5, 1e-6);

    public void Run(CaseRun run)
    {
        Func<CaseRun, Variable> form = FormOf(run.Recorded)
            ?? throw new UnknownCaseException("there are no queries, keys and values, and no weights for them");
        Variable y = form(run);
        run.Check("out.y", y);
        if (run.Recorded.Has("in.dy")) run.CheckGradients("grad", y, run.Constant("in.dy"));
    }

    private static Func<CaseRun, Variable>? FormOf(RecordedCase recorded)
    {
        if (recorded.Rank("in.q") == 4 && recorded.Has("in.k") && recorded.Has("in.v")) return Bare;
        if (recorded.Rank("in.x") != 3) return null;
        if (recorded.Has("param.in_proj_weight")) return Packed;
        return recorded.Has("param.to_q.weight") ? Separate : null;
    }

    private static Variable Bare(CaseRun run)
    {
        return Attend(Tokens("in.q"), Tokens("in.k"), Tokens("in.v"), run.Config).Permute(0, 2, 1, 3);

        Variable Tokens(string name) => run.Leaf(name).Permute(0, 2, 1, 3);  // [N, L, Heads, D]
    }

    private static Variable Separate(CaseRun run)
    {
        int heads = run.Config.RequiredInteger("heads");
        Variable x = run.Leaf("in.x");
        Variable context = run.OptionalLeaf("in.context") ?? x;
        Variable q = Split(Linear(run, x, "to_q"), heads);
        Variable k = Split(Linear(run, context, "to_k"), heads);
        Variable v = Split(Linear(run, context, "to_v"), heads);
        return Linear(run, Join(Attend(q, k, v, run.Config)), "to_out.0");
    }

    private static Variable Packed(CaseRun run)
    {
        int heads = run.Config.RequiredInteger("heads");
        Variable x = run.Leaf("in.x").Permute(1, 0, 2);  // [N, L, C]
        Variable weight = run.Leaf("param.in_proj_weight");
        Variable packed = Linear(x, weight, run.OptionalLeaf("param.in_proj_bias"));  // [N, L, 3 C]
        int channels = packed.Shape[2] / 3;
        Variable[] parts = [.. Enumerable.Range(0, 3).Select(index =>
            Split(packed.Window(2, index * channels, channels), heads))];
        Variable y = Join(Attend(parts[0], parts[1], parts[2], run.Config));
        return Linear(run, y, "out_proj").Permute(1, 0, 2);
    }

    private static Variable Attend(Variable q, Variable k, Variable v, CaseConfig config)
    {
        AttentionOptions options = AttentionOptions.For(q.Shape[3], config.Flag("causal") ?? false);
        if (config.Number("scale") is { } scale) options = options with { Scale = (float)scale };
        return q.Attention(k, v, options);
    }

    private static Variable Linear(CaseRun run, Variable x, string name) =>
        Linear(x, run.Leaf($"param.{name}.weight"), run.OptionalLeaf($"param.{name}.bias"));

    private static Variable Linear(Variable x, Variable weight, Variable? bias)
    {
        Shape shape = [x.Shape[0], x.Shape[1], weight.Shape[0]];
        Variable y = x.Reshape([x.Shape[0] * x.Shape[1], x.Shape[2]]).MatMul(weight, transposeW: true).Reshape(shape);
        return bias is null ? y : y + bias;
    }

    private static Variable Split(Variable x, int heads)
    {
        if (heads < 1 || x.Shape[2] % heads != 0)
        {
            throw new UnknownCaseException($"{x.Shape[2]} channels cannot be divided among {heads} heads");
        }

        return x.Reshape([x.Shape[0], x.Shape[1], heads, x.Shape[2] / heads]);
    }

    private static Variable Join(Variable x) => x.Reshape([x.Shape[0], x.Shape[1], x.Shape[2] * x.Shape[3]]);
}
