using GenKernels.Autograd;

namespace GenKernels.Train.Verification;

/// <summary>Activations, softmax over the last axis, and GEGLU after its linear layer: values and gradients.</summary>
internal sealed class PointwiseCases : ICaseRunner
{
    private const string Geglu = "geglu";

    public string Kind => "pointwise";

    public bool Recognises(RecordedCase recorded) =>
        recorded.Has("in.x") && Find(Name(recorded.Config)) is not null;

    public CaseTolerance Tolerance(RecordedCase recorded, string result) => new(1e-5, 1e-6);

    public void Run(CaseRun run)
    {
        string name = Name(run.Config);
        Func<Variable, Variable> function = Find(name)
            ?? throw new UnknownCaseException($"unknown function {(name.Length == 0 ? "without a name" : name)}");
        Variable x = run.Leaf("in.x");
        Variable y = function(name == Geglu ? Linear(run, x) : x);
        run.Check("out.y", y);
        if (run.Recorded.Has("in.dy")) run.CheckGradients("grad", y, run.Constant("in.dy"));
    }

    /// <returns>Name of the operation; text after a colon is only an explanation.</returns>
    private static string Name(CaseConfig config) =>
        (config.Text("op") ?? "").Split(':', 2)[0].Trim().ToLowerInvariant();

    private static Func<Variable, Variable>? Find(string name) => name switch
    {
        "silu" or "swish" => x => x.Silu(),
        "gelu" or "gelu_erf" => x => x.Gelu(),
        "quick_gelu" => x => x.QuickGelu(),
        "sigmoid" => x => x.Sigmoid(),
        "softplus" => x => x.Softplus(),
        "tanh" => x => x.Tanh(),
        "softmax" => x => x.Softmax(),
        "log_softmax" => x => x.LogSoftmax(),
        Geglu => x => x.Geglu(),
        _ => null,
    };

    /// <returns>x wᵀ + b over the last axis; x itself if the case has no weights.</returns>
    private static Variable Linear(CaseRun run, Variable x)
    {
        if (!run.Recorded.Has("param.w")) return x;
        Variable w = run.Leaf("param.w");
        Variable? b = run.OptionalLeaf("param.b");
        Variable rows = x.Reshape([checked((int)x.Shape.Product(0, x.Shape.Rank - 1)), x.Shape[^1]]);
        Variable y = rows.MatMul(w, transposeW: true).Reshape(x.Shape.With(x.Shape.Rank - 1, w.Shape[0]));
        return b is null ? y : y + b;
    }
}
