using GenKernels.Autograd;

namespace GenKernels.Train.Verification;

/// <summary>Between a network and its recorded parameters, buffers and gradients, which have the layouts of the release.</summary>
/// <param name="run">Has the recorded tensors.</param>
/// <param name="network">Whose state it is.</param>
/// <param name="prefix">What names begin with after <c>param.</c> and <c>buffer.</c>: <c>G.</c>, <c>D.</c> or nothing.</param>
internal sealed class NetworkState(CaseRun run, Module network, string prefix = "")
{
    private const string Magnitude = "magnitude_ema";
    private const int Attempts = 8;
    private const float Movement = 1e-6f;

    public Variable[] Parameters { get; } = [.. network.NamedParameters().Select(entry => entry.Parameter.Value)];

    /// <summary>Compares the filters that the network designed with the recorded ones, then takes all that is recorded.</summary>
    public void Load()
    {
        foreach ((string name, _) in network.NamedBuffers().Where(buffer => !buffer.Name.EndsWith(Magnitude, StringComparison.Ordinal)))
        {
            run.Check($"buffer.{prefix}{name}", Values(Entry(name)));
        }

        RestoreState();
    }

    /// <summary>Compares the network's state with a recorded one.</summary>
    /// <param name="kind">What stands before the names, with its dot: <c>out.G.</c>.</param>
    public void Check(string kind)
    {
        foreach (StateEntry entry in StateDict.Write(network)) run.Check(kind + entry.Name, Values(entry));
    }

    /// <summary>
    /// Compares the state after training: each tensor by itself, and all parameters in bulk, by the root mean square of what is
    /// off against that of how far they moved.
    /// </summary>
    /// <param name="kind">What stands before the names, with its dot.</param>
    public void CheckMoved(string kind)
    {
        Check(kind);
        (double off, double moved) = (0, 0);
        foreach (StateEntry entry in StateDict.Write(network))
        {
            (string before, string after) = ($"param.{prefix}{entry.Name}", kind + entry.Name);
            if (!run.Recorded.Has(before) || !run.Recorded.Has(after)) continue;
            double[] recorded = run.Recorded.Values(after);
            off += SquaredDistance(Values(entry), recorded);
            moved += SquaredDistance(run.Recorded.Values(before), recorded);
        }

        run.Compare($"{kind}parameters", [Math.Sqrt(off / moved)], [0]);
    }

    /// <summary>
    /// Compares gradients with respect to the parameters. Where an activation lies within rounding of zero, a leaky ReLU takes
    /// the one side here and the other there; so gradients that are off are computed again with the input moved by a
    /// millionth, and the recorded ones must lie between those that come.
    /// </summary>
    /// <param name="kind">What stands before the names, with its dot.</param>
    /// <param name="gradients">
    /// From the magnitude by which the input is to be moved, gradients in the order of <see cref="Parameters"/>.
    /// </param>
    public void CheckGradients(string kind, Func<float, IReadOnlyList<Variable>> gradients)
    {
        Dictionary<string, GradientRange> ranges = Ranges(kind, gradients(0));
        for (int attempt = 1; attempt <= Attempts && ranges.Values.Any(range => range.IsOff); attempt++)
        {
            RestoreState();
            foreach ((string name, GradientRange range) in Ranges(kind, gradients(Movement)))
            {
                ranges[name].Widen(range);
            }
        }

        foreach ((string name, GradientRange range) in ranges) run.Check(name, range.Nearest);
    }

    private Dictionary<string, GradientRange> Ranges(string kind, IReadOnlyList<Variable> gradients)
    {
        using GradientModule module = new(network, gradients);
        return StateDict.Write(module).Where(entry => run.Recorded.Has(kind + entry.Name)).ToDictionary(
            entry => kind + entry.Name,
            entry => new GradientRange(Values(entry), run.Recorded.Values(kind + entry.Name), NetworkTolerance.Of(kind)));
    }

    private static double SquaredDistance(double[] left, double[] right) =>
        left.Zip(right, (a, b) => (a - b) * (a - b)).Sum();

    private static double[] Values(StateEntry entry) => Array.ConvertAll(entry.Values<float>(), value => (double)value);

    private void RestoreState() =>
        StateDict.Load(network, Recorded($"param.{prefix}").Concat(Recorded($"buffer.{prefix}")));

    private StateEntry Entry(string name) => StateDict.Write(network).Single(entry => entry.Name == name);

    private IEnumerable<StateEntry> Recorded(string start) => run.Recorded.Tensors
        .Where(tensor => tensor.StartsWith(start, StringComparison.Ordinal))
        .Select(tensor => StateEntry.From(tensor[start.Length..], run.Recorded.Shape(tensor), run.Recorded.Floats(tensor)));

    /// <summary>Gradients as the state of a network, so that they are written as their parameters are.</summary>
    private sealed class GradientModule : Module
    {
        public GradientModule(Module network, IReadOnlyList<Variable> gradients)
        {
            int index = 0;
            foreach ((string name, Parameter parameter) in network.NamedParameters())
            {
                Register(name, new Parameter(gradients[index++].Value, parameter.Layout));
            }
        }
    }
}
