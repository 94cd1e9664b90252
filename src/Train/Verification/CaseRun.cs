using GenKernels.Autograd;
using GenKernels.Runtime;

namespace GenKernels.Train.Verification;

/// <summary>One run of a case on a device: provides its inputs and compares its results.</summary>
internal sealed class CaseRun
{
    private readonly ICaseRunner _runner;
    private readonly InputMove? _move;
    private readonly Dictionary<string, Variable> _leaves = [];
    private readonly HashSet<string> _compared = [];
    private double _worstShare = -1;

    /// <param name="recorded">The case.</param>
    /// <param name="device">Device that it runs on.</param>
    /// <param name="runner">Runner of its kind.</param>
    /// <param name="move">Perturbs the inputs; null leaves them unchanged.</param>
    internal CaseRun(RecordedCase recorded, Device device, ICaseRunner runner, InputMove? move = null) =>
        (Recorded, Device, _runner, _move) = (recorded, device, runner, move);

    public RecordedCase Recorded { get; }

    public Device Device { get; }

    public CaseConfig Config => Recorded.Config;

    /// <summary>The result that used up most of its tolerance.</summary>
    public string? Worst { get; private set; }

    public double Error { get; private set; }

    public CaseTolerance Tolerance { get; private set; }

    /// <summary>Results that exceed their tolerance or have another shape.</summary>
    public List<string> Faults { get; } = [];

    /// <summary>Whether some gradients exceed their tolerance, and nothing else does.</summary>
    public bool OnlyGradientsAreOff =>
        Faults.Count > 0 && Faults.TrueForAll(fault => fault.StartsWith("grad", StringComparison.Ordinal));

    /// <summary>Recorded results that were not compared.</summary>
    public IEnumerable<string> Untouched => Recorded.Results.Where(result => !_compared.Contains(result));

    /// <returns>A recorded tensor as floats on the device.</returns>
    /// <exception cref="UnknownCaseException">The case has no tensor of that name.</exception>
    public Tensor Floats(string name)
    {
        float[] values = Recorded.Floats(Required(name));
        _move?.Apply(values);
        return Tensor.From(values, Recorded.Shape(name), Device);
    }

    /// <returns>A recorded tensor of integers.</returns>
    /// <inheritdoc cref="Floats" path="/exception"/>
    public int[] Integers(string name) => Recorded.Integers(Required(name));

    /// <returns>A recorded tensor as a constant.</returns>
    public Variable Constant(string name) => new(Floats(name));

    /// <returns>A recorded input whose gradients are compared: for <c>in.x</c>, those recorded as <c>grad.x</c> and so
    /// on.</returns>
    public Variable Leaf(string name)
    {
        Variable leaf = new(Floats(name), requiresGradient: true);
        _leaves.Add(name[(name.IndexOf('.', StringComparison.Ordinal) + 1)..], leaf);
        return leaf;
    }

    /// <returns>As <see cref="Leaf"/>, or null if the case has no such input.</returns>
    public Variable? OptionalLeaf(string name) => Recorded.Has(name) ? Leaf(name) : null;

    /// <summary>Compares the gradients of a result with respect to the leaves, those that are recorded.</summary>
    /// <param name="kind">Prefix of the names: <c>grad</c>, <c>grad2</c> and so on.</param>
    /// <param name="y">The differentiated result.</param>
    /// <param name="upstream">Upstream gradient; ones by default.</param>
    public void CheckGradients(string kind, Variable y, Variable? upstream = null)
    {
        string[] names = [.. _leaves.Keys.Where(name => Recorded.Has($"{kind}.{name}"))];
        if (names.Length == 0) return;
        Variable[] leaves = Array.ConvertAll(names, name => _leaves[name]);
        Variable[] gradients = Gradient.Of(y, leaves, upstream, keepRecord: true);
        for (int i = 0; i < names.Length; i++) Check($"{kind}.{names[i]}", gradients[i]);
    }

    /// <summary>
    /// Compares the sum of squares of d sum(tanh y) / dx, and its gradients with respect to the leaves, if recorded.
    /// </summary>
    public void CheckPenalty(Variable y, Variable x)
    {
        if (!Recorded.Has("out.penalty")) return;
        Variable penalty = Gradient.Of(y.Tanh().Sum(), x, differentiable: true).Square().Sum();
        Check("out.penalty", penalty);
        CheckGradients("grad_pen", penalty);
    }

    /// <summary>Compares a result, if it is recorded.</summary>
    public void Check(string name, Variable actual) => Check(name, actual.Value);

    /// <inheritdoc cref="Check(string, Variable)"/>
    public void Check(string name, Tensor actual)
    {
        if (Recorded.Has(name)) Check(name, actual.Shape, ToDoubles(actual));
    }

    /// <inheritdoc cref="Check(string, Variable)"/>
    /// <param name="name">Name of the result.</param>
    /// <param name="shape">Shape of the computed result.</param>
    /// <param name="actual">Elements in row-major order.</param>
    public void Check(string name, Shape shape, double[] actual)
    {
        if (!Recorded.Has(name)) return;
        _compared.Add(name);
        if (shape == Recorded.Shape(name)) Compare(name, actual, Recorded.Values(name));
        else Misshapen(name, shape);
    }

    /// <summary>Compares the part of a result that is recorded; parts keep files small.</summary>
    public void CheckPart(string name, Variable actual)
    {
        if (!Recorded.Has(name)) return;
        _compared.Add(name);
        bool isSpread = Config.Has("kept");
        double[]? part = RecordedPart.Select(ToDoubles(actual.Value), actual.Shape, Recorded.Shape(name), isSpread);
        if (part is null) Misshapen(name, actual.Shape);
        else Compare(name, part, Recorded.Values(name));
    }

    /// <inheritdoc cref="Check(string, Variable)"/>
    /// <param name="name">Name of the result.</param>
    /// <param name="actual">Elements in row-major order.</param>
    public void Check(string name, ReadOnlySpan<double> actual)
    {
        if (!Recorded.Has(name)) return;
        _compared.Add(name);
        Compare(name, actual, Recorded.Values(name));
    }

    /// <summary>Compares a stage of a network, recorded as a whole, a part or a probe.</summary>
    /// <param name="name">Name of the stage.</param>
    /// <param name="actual">Its value, in the layout of the record.</param>
    public void CheckStage(string name, Variable actual)
    {
        CheckPart($"out.{name}", actual);
        if (Recorded.Has($"probe.{name}")) Check($"probe.{name}", RecordedPart.Probe(ToDoubles(actual.Value)));
    }

    /// <summary>Compares several recorded results as one.</summary>
    /// <param name="name">Name in reports.</param>
    /// <param name="results">The recorded results.</param>
    /// <param name="difference">Their joint difference, in some norm.</param>
    /// <param name="reference">The magnitude that the difference is relative to.</param>
    public void CompareTogether(string name, IEnumerable<string> results, double difference, double reference)
    {
        _compared.UnionWith(results);
        Judge(name, difference, reference);
    }

    /// <summary>Compares numbers that the configuration records.</summary>
    public void Compare(string name, ReadOnlySpan<double> actual, ReadOnlySpan<double> expected)
    {
        if (actual.Length != expected.Length)
        {
            Faults.Add($"{name} must have {expected.Length} elements, got {actual.Length}");
            return;
        }

        double difference = 0, largest = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            difference = Math.Max(difference, Math.Abs(actual[i] - expected[i]));  // propagates NaN
            largest = Math.Max(largest, Math.Abs(expected[i]));
        }

        Judge(name, difference, largest);
    }

    private void Misshapen(string name, Shape shape) =>
        Faults.Add($"{name} must have shape {Recorded.Shape(name)}, got {shape}");

    private void Judge(string name, double difference, double largest)
    {
        CaseTolerance tolerance = _runner.Tolerance(Recorded, name);
        double allowed = tolerance.Allowed(largest);
        double share = double.IsNaN(difference) ? double.PositiveInfinity : difference / allowed;
        double error = largest == 0 ? difference : difference / largest;
        if (share > 1) Faults.Add($"{name} is off by {difference:0.0e0}, {allowed:0.0e0} is allowed ({tolerance})");
        if (share <= _worstShare) return;
        _worstShare = share;
        (Worst, Error, Tolerance) = (name, error, tolerance);
    }

    private static double[] ToDoubles(Tensor tensor) =>
        Array.ConvertAll(tensor.ToArray<float>(), value => (double)value);

    private string Required(string name) =>
        Recorded.Has(name) ? name : throw new UnknownCaseException($"the case has no {name}");
}
