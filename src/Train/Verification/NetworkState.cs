using GenKernels.Autograd;

namespace GenKernels.Train.Verification;

/// <summary>Between a network and its recorded parameters, buffers and gradients, which have the layouts of the release.</summary>
/// <param name="run">Has the recorded tensors.</param>
/// <param name="network">Whose state it is.</param>
/// <param name="prefix">What names begin with after <c>param.</c> and <c>buffer.</c>: <c>G.</c>, <c>D.</c> or nothing.</param>
internal sealed class NetworkState(CaseRun run, Module network, string prefix = "")
{
    private const string Magnitude = "magnitude_ema";

    public Variable[] Parameters { get; } = [.. network.NamedParameters().Select(entry => entry.Parameter.Value)];

    /// <summary>Compares the filters that the network designed with the recorded ones, then takes all that is recorded.</summary>
    public void Load()
    {
        foreach ((string name, _) in network.NamedBuffers().Where(buffer => !buffer.Name.EndsWith(Magnitude, StringComparison.Ordinal)))
        {
            run.Check($"buffer.{prefix}{name}", Values(Entry(name)));
        }

        StateDict.Load(network, Recorded($"param.{prefix}").Concat(Recorded($"buffer.{prefix}")));
    }

    /// <summary>Compares the network's state with a recorded one.</summary>
    /// <param name="kind">What stands before the names, with its dot: <c>out.G.</c>.</param>
    public void Check(string kind)
    {
        foreach (StateEntry entry in StateDict.Write(network)) run.Check(kind + entry.Name, Values(entry));
    }

    /// <summary>Compares gradients with respect to the parameters.</summary>
    /// <param name="kind">What stands before the names, with its dot.</param>
    /// <param name="gradients">In the order of <see cref="Parameters"/>.</param>
    public void CheckGradients(string kind, IReadOnlyList<Variable> gradients)
    {
        using GradientModule module = new(network, gradients);
        foreach (StateEntry entry in StateDict.Write(module)) run.Check(kind + entry.Name, Values(entry));
    }

    private static double[] Values(StateEntry entry) => Array.ConvertAll(entry.Values<float>(), value => (double)value);

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
