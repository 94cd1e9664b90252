using GenKernels.Autograd;
using GenKernels.Runtime;

namespace GenKernels.Train.Verification;

/// <summary>
/// Tensors in place of a module's parameters, such as their gradients, read in the layout of its state dict.
/// </summary>
internal sealed class NamedTensors : Module
{
    /// <param name="module">Gives the parameters' names and layouts.</param>
    /// <param name="values">One tensor per parameter, in order; disposed with this module.</param>
    internal NamedTensors(Module module, IReadOnlyList<Variable> values)
    {
        int index = 0;
        foreach ((string name, Parameter parameter) in module.NamedParameters())
        {
            Register(name, new Parameter(values[index++].Value, parameter.Layout));
        }
    }

    /// <returns>Name, state-dict shape and elements of each.</returns>
    internal static IEnumerable<(string Name, Shape Shape, double[] Values)> Read(Module module) =>
        StateDict.Write(module).Select(entry =>
            (entry.Name, entry.Shape, Array.ConvertAll(entry.Values<float>(), value => (double)value)));
}
