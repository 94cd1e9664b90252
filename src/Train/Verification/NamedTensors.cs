using GenKernels.Autograd;
using GenKernels.Runtime;

namespace GenKernels.Train.Verification;

/// <summary>
/// Tensors in the place of a module's parameters, such as their gradients, to be seen in the layout of its state dict.
/// </summary>
internal sealed class NamedTensors : Module
{
    /// <param name="module">Whose parameters give names and layouts.</param>
    /// <param name="values">One a parameter, in their order; from now on this disposes them.</param>
    internal NamedTensors(Module module, IReadOnlyList<Variable> values)
    {
        int index = 0;
        foreach ((string name, Parameter parameter) in module.NamedParameters())
        {
            Register(name, new Parameter(values[index++].Value, parameter.Layout));
        }
    }

    /// <returns>Name, original shape and elements of each.</returns>
    internal static IEnumerable<(string Name, Shape Shape, double[] Values)> Read(Module module) =>
        StateDict.Write(module).Select(entry =>
            (entry.Name, entry.Shape, Array.ConvertAll(entry.Values<float>(), value => (double)value)));
}
