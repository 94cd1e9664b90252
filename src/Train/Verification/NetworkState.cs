using GenKernels.Autograd;

namespace GenKernels.Train.Verification;

/// <summary>Shared by the cases of networks: loading a recorded state, comparing gradients, tolerances.</summary>
internal static class NetworkState
{
    /// <param name="module">The network.</param>
    /// <param name="run">The case; its tensors are stored, or generated from a hash, which leaves buffers
    /// unchanged.</param>
    /// <param name="prefix">Follows <c>param.</c> and <c>buffer.</c> in the names, such as <c>G.</c>.</param>
    /// <exception cref="StateDictException">The state does not fit the network.</exception>
    public static void Load(Module module, CaseRun run, string prefix = "")
    {
        HashedTensors? hashed = HashedTensors.Of(run.Recorded);
        if (hashed is null)
        {
            IEnumerable<StateEntry> parameters = Stored(run.Recorded, $"param.{prefix}");
            StateDict.Load(module, parameters.Concat(Stored(run.Recorded, $"buffer.{prefix}")));
            return;
        }

        HashSet<string> buffers = [.. module.NamedBuffers().Select(buffer => buffer.Name)];
        IEnumerable<StateEntry> entries = StateDict.Write(module).Where(entry => hashed.Has(entry.Name))
            .Select(entry => StateEntry.From(entry.Name, entry.Shape, hashed.Make(entry.Name, entry.Shape)));
        (IReadOnlyList<string> missing, _) = StateDict.Load(module, entries, strict: false);
        string[] unset = [.. missing.Except(buffers)];
        if (unset.Length > 0) throw new UnknownCaseException($"the table lacks {string.Join(", ", unset)}");
    }

    /// <returns>The tolerance of a network's result; a network of the thesis's size sums over more elements.</returns>
    public static CaseTolerance Tolerance(RecordedCase recorded, string result) => result switch
    {
        _ when HashedTensors.IsIn(recorded) => new CaseTolerance(2e-4),
        _ when result.StartsWith("grad", StringComparison.Ordinal) => new CaseTolerance(2e-3),
        _ => new CaseTolerance(1e-4),
    };

    /// <summary>Compares the gradients of a scalar with respect to all parameters.</summary>
    /// <param name="run">The case.</param>
    /// <param name="kind">Prefix of the names: <c>grad</c>, <c>grad_r1</c>.</param>
    /// <param name="module">The network.</param>
    /// <param name="loss">The differentiated scalar; its record is kept.</param>
    public static void CheckGradients(CaseRun run, string kind, Module module, Variable loss)
    {
        if (!run.Recorded.Tensors.Any(name => name.StartsWith($"{kind}.", StringComparison.Ordinal))) return;
        Variable[] parameters = [.. module.NamedParameters().Select(entry => entry.Parameter.Value)];
        using NamedTensors gradients = new(module, Gradient.Of(loss, parameters, keepRecord: true));
        foreach ((string name, Runtime.Shape shape, double[] values) in NamedTensors.Read(gradients))
        {
            run.Check($"{kind}.{name}", shape, values);
        }
    }

    private static IEnumerable<StateEntry> Stored(RecordedCase recorded, string prefix) =>
        recorded.Tensors.Where(name => name.StartsWith(prefix, StringComparison.Ordinal)).Select(name =>
            StateEntry.From(name[prefix.Length..], recorded.Shape(name), recorded.Floats(name)));
}
