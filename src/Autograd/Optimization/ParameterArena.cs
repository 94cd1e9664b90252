namespace GenKernels.Autograd;

/// <summary>
/// All parameters of a module in one flat tensor, and their gradients in another, so that an optimizer step, a moving
/// average or a gradient exchange is a single launch.
/// </summary>
public sealed class ParameterArena : IDisposable
{
    // In elements, 16 bytes: every parameter can be read with vectorised loads of four floats.
    private const int Alignment = 4;
    private readonly int[] _starts;

    /// <summary>Moves every parameter of a module into the arena; the variables stay the same objects.</summary>
    /// <param name="module">
    /// A module of Float32 parameters, at least one. It may be disposed before or after the arena.
    /// </param>
    /// <exception cref="ArgumentException">There is no parameter, or one is not Float32.</exception>
    public ParameterArena(Module module)
    {
        Module = module;
        Parameters = [.. module.NamedParameters()];
        Variables = [.. Parameters.Select(entry => entry.Parameter.Value)];
        Require.That(Variables.Count > 0, $"{module.GetType().Name} has no parameters");
        foreach ((string name, Parameter parameter) in Parameters)
        {
            Require.That(
                parameter.Value.Type == ElementType.Float32, $"{name} must be Float32, got {parameter.Value.Type}");
        }

        _starts = AlignedStarts(Variables, out int length);
        Device device = Variables[0].Device;
        using TensorScope scope = device.Scope();  // frees what is made here if the rest fails
        Values = Tensor.Zeros([length], ElementType.Float32, device);
        Gradient = Tensor.Zeros([length], ElementType.Float32, device);
        for (int index = 0; index < _starts.Length; index++)
        {
            Parameters[index].Parameter.MoveTo(Values.Part(_starts[index], Variables[index].Shape));
        }

        Values.Unscoped();
        Gradient.Unscoped();
    }

    /// <summary>The module of the parameters.</summary>
    public Module Module { get; }

    /// <summary>The parameters with their names, in order.</summary>
    public IReadOnlyList<(string Name, Parameter Parameter)> Parameters { get; }

    /// <summary>The leaves of the parameters, in order, to ask gradients for.</summary>
    public IReadOnlyList<Variable> Variables { get; }

    /// <summary>All parameters, <c>[n]</c>, with zeros in the gaps between them.</summary>
    public Tensor Values { get; }

    /// <summary>The accumulated gradients, <c>[n]</c>, with zeros in the gaps.</summary>
    public Tensor Gradient { get; }

    /// <summary>The offset of each parameter in elements.</summary>
    internal IReadOnlyList<int> Starts => _starts;

    /// <summary>Adds gradients to <see cref="Gradient"/>.</summary>
    /// <param name="gradients">One per variable of <see cref="Variables"/>, in order.</param>
    /// <exception cref="ArgumentException">Their number, a shape or a type differs.</exception>
    public void Accumulate(IReadOnlyList<Variable> gradients) => Add(gradients, isFirst: false);

    /// <summary>Replaces <see cref="Gradient"/>: by the first of several gradients, or the only one.</summary>
    /// <inheritdoc cref="Accumulate"/>
    public void Replace(IReadOnlyList<Variable> gradients) => Add(gradients, isFirst: true);

    /// <summary>Releases the arena's references; the parameters keep their values.</summary>
    public void Dispose()
    {
        Gradient.Dispose();
        Values.Dispose();
    }

    /// <exception cref="ArgumentException">The names or shapes of the parameters differ.</exception>
    internal void RequireSameStructure(ParameterArena other)
    {
        Require.That(
            Variables.Count == other.Variables.Count, $"{Variables.Count} parameters against {other.Variables.Count}");
        for (int index = 0; index < Variables.Count; index++)
        {
            (string name, string otherName) = (Parameters[index].Name, other.Parameters[index].Name);
            (Shape shape, Shape otherShape) = (Variables[index].Shape, other.Variables[index].Shape);
            Require.That(name == otherName && shape == otherShape, $"{name} {shape} against {otherName} {otherShape}");
        }
    }

    /// <returns>
    /// State slots for the parts of a tensor of the arena's length, under the names of the parameters.
    /// </returns>
    internal IEnumerable<StateSlot> Slots(string prefix, Tensor flat)
    {
        for (int index = 0; index < Variables.Count; index++)
        {
            Shape shape = Variables[index].Shape;
            int start = Starts[index];
            yield return new StateSlot(
                prefix + Parameters[index].Name, flat.Type, StateLayout.Identity(shape),
                () => Read(flat, start, shape), bytes => Write(flat, start, shape, bytes));
        }
    }

    private void Add(IReadOnlyList<Variable> gradients, bool isFirst)
    {
        Require.That(
            gradients.Count == _starts.Length, $"{_starts.Length} gradients are needed, got {gradients.Count}");
        Tensor[] tensors = [.. gradients.Select(gradient => gradient.Value)];
        for (int index = 0; index < tensors.Length; index++)
        {
            Require.That(
                tensors[index].Shape == Variables[index].Shape,
                $"the gradient of {Parameters[index].Name} must have shape {Variables[index].Shape}, "
                + $"got {tensors[index].Shape}");
        }

        GenKernels.Kernels.Optimization.Accumulate.Into(tensors, _starts, Gradient, isFirst);
    }

    private static byte[] Read(Tensor flat, int start, Shape shape)
    {
        using Tensor part = flat.Part(start, shape);
        byte[] bytes = new byte[part.Bytes];
        part.Device.CopyToHost(part.Address, bytes);
        return bytes;
    }

    private static void Write(Tensor flat, int start, Shape shape, byte[] bytes)
    {
        using Tensor part = flat.Part(start, shape);
        part.Device.CopyFromHost(bytes, part.Address);
    }

    private static int[] AlignedStarts(IReadOnlyList<Variable> variables, out int length)
    {
        int[] starts = new int[variables.Count];
        length = 0;
        for (int index = 0; index < starts.Length; index++)
        {
            starts[index] = length;
            length = checked(
                (int)((length + variables[index].Value.ElementCount + Alignment - 1) / Alignment * Alignment));
        }

        return starts;
    }
}
