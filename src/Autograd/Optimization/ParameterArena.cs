namespace GenKernels.Autograd;

/// <summary>
/// All parameters of a module in one flat tensor, and their gradients in another, so that an optimizer step, a moving
/// average or a gradient exchange is a single launch.
/// </summary>
public sealed class ParameterArena : IDisposable
{
    // In elements, 16 bytes: every parameter can be read with vectorised loads of four floats.
    private const int Alignment = 4;
    private readonly Tensor[] _gradients;

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

        Starts = AlignedStarts(Variables, out int length);
        Device device = Variables[0].Device;
        Values = Tensor.Zeros([length], ElementType.Float32, device).Unscoped();
        Gradient = Tensor.Zeros([length], ElementType.Float32, device).Unscoped();
        _gradients = new Tensor[Variables.Count];
        for (int index = 0; index < _gradients.Length; index++)
        {
            Shape shape = Variables[index].Shape;
            Parameters[index].Parameter.MoveTo(Values.Part(Starts[index], shape));
            _gradients[index] = Gradient.Part(Starts[index], shape).Unscoped();
        }
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
    internal IReadOnlyList<int> Starts { get; }

    /// <summary>Adds gradients to <see cref="Gradient"/>.</summary>
    /// <param name="gradients">One per variable of <see cref="Variables"/>, in order.</param>
    /// <exception cref="ArgumentException">Their number, a shape or a type differs.</exception>
    public void Accumulate(IReadOnlyList<Variable> gradients)
    {
        Check(gradients);
        for (int index = 0; index < _gradients.Length; index++)
        {
            GenKernels.Kernels.Optimization.Accumulate.Into(gradients[index].Value, _gradients[index]);
        }
    }

    /// <summary>Replaces <see cref="Gradient"/>: the first of several to be accumulated.</summary>
    /// <inheritdoc cref="Accumulate"/>
    public void Replace(IReadOnlyList<Variable> gradients)
    {
        Check(gradients);
        for (int index = 0; index < _gradients.Length; index++) _gradients[index].CopyFrom(gradients[index].Value);
    }

    /// <summary>Releases the arena's references; the parameters keep their values.</summary>
    public void Dispose()
    {
        foreach (Tensor gradient in _gradients) gradient.Dispose();
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

    private void Check(IReadOnlyList<Variable> gradients)
    {
        Require.That(
            gradients.Count == _gradients.Length, $"{_gradients.Length} gradients are needed, got {gradients.Count}");
        for (int index = 0; index < _gradients.Length; index++)
        {
            (Tensor gradient, Tensor own) = (gradients[index].Value, _gradients[index]);
            Require.That(
                gradient.Shape == own.Shape && gradient.Type == own.Type,
                $"the gradient of {Parameters[index].Name} must be {own}, got {gradient}");
        }
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
