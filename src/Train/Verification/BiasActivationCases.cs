using GenKernels.Autograd;
using GenKernels.Kernels.Elementwise;

namespace GenKernels.Train.Verification;

/// <summary>Bias and activation: first gradients, and second gradients of s = sum(grad.x · vx) + sum(grad.b ·
/// vb).</summary>
internal sealed class BiasActivationCases : ICaseRunner
{
    public string Kind => "bias_act";

    public bool Recognises(RecordedCase recorded) => recorded.Config.Text("act") is not null && recorded.Has("in.x");

    public CaseTolerance Tolerance(RecordedCase recorded, string result) => new(1e-5, 1e-6);

    public void Run(CaseRun run)
    {
        Variable x = run.Leaf("in.x");
        Variable? b = run.OptionalLeaf("in.b");
        BiasActivationOptions options = Options(run.Config);
        int axis = x.Shape.Axis(run.Config.Integer("dim") ?? 1);
        Variable y = MoveAxis(MoveAxis(x, axis, x.Shape.Rank - 1).BiasActivation(b, options), x.Shape.Rank - 1, axis);
        run.Check("out.y", y);
        if (!run.Recorded.Has("in.dy")) return;

        Variable dy = run.Leaf("in.dy");
        run.CheckGradients("grad", y, dy);
        if (!run.Recorded.Has("in.vx")) return;
        Variable[] sources = b is null ? [x] : [x, b];
        Variable[] gradients = Gradient.Of(y, sources, dy, differentiable: true);
        Variable sum = (gradients[0] * run.Constant("in.vx")).Sum();
        if (b is not null) sum += (gradients[1] * run.Constant("in.vb")).Sum();
        run.CheckGradients("grad2", sum);
    }

    private static BiasActivationOptions Options(CaseConfig config)
    {
        Activation activation = config.Text("act") switch
        {
            "linear" => Activation.Linear,
            "relu" => Activation.Relu,
            "lrelu" => Activation.LeakyRelu,
            "tanh" => Activation.HyperbolicTangent,
            "sigmoid" => Activation.Sigmoid,
            "elu" => Activation.Elu,
            "selu" => Activation.Selu,
            "softplus" => Activation.Softplus,
            "swish" => Activation.Swish,
            var other => throw new UnknownCaseException($"unknown activation {other ?? "without a name"}"),
        };
        BiasActivationOptions options = BiasActivationOptions.For(activation);
        return options with
        {
            Gain = (float?)config.Number("gain") ?? options.Gain,
            Clamp = (float?)config.Number("clamp") ?? options.Clamp,
            Slope = (float?)config.Number("alpha") ?? options.Slope,
        };
    }

    private static Variable MoveAxis(Variable x, int from, int to)
    {
        if (from == to) return x;
        List<int> axes = [.. Enumerable.Range(0, x.Shape.Rank)];
        axes.RemoveAt(from);
        axes.Insert(to, from);
        return x.Permute([.. axes]);
    }
}
