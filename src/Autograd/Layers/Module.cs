namespace GenKernels.Autograd;

/// <summary>
/// A part of a network: named parameters, buffers and child modules. The state dict has them in the order of
/// registration: a module's parameters, its buffers, then its children's.
/// </summary>
public abstract class Module : IDisposable
{
    private readonly List<(string Name, Parameter Parameter)> _parameters = [];
    private readonly List<(string Name, StateBuffer Buffer)> _buffers = [];
    private readonly List<(string Name, Module Child)> _children = [];
    private readonly List<IDisposable> _owned = [];
    private readonly HashSet<string> _names = [];

    /// <summary>The number of elements of all parameters.</summary>
    public long ParameterCount => NamedParameters().Sum(entry => entry.Parameter.Value.Value.ElementCount);

    /// <returns>
    /// All parameters with their paths from this module, as in <c>layers.0.weight</c>; own ones first, then the
    /// children's.
    /// </returns>
    public IEnumerable<(string Name, Parameter Parameter)> NamedParameters()
    {
        foreach ((string Name, Parameter Parameter) entry in _parameters) yield return entry;
        foreach ((string childName, Module child) in _children)
        {
            foreach ((string name, Parameter parameter) in child.NamedParameters())
            {
                yield return ($"{childName}.{name}", parameter);
            }
        }
    }

    /// <returns>All buffers with their paths from this module; own ones first, then the children's.</returns>
    public IEnumerable<(string Name, StateBuffer Buffer)> NamedBuffers()
    {
        foreach ((string Name, StateBuffer Buffer) entry in _buffers) yield return entry;
        foreach ((string childName, Module child) in _children)
        {
            foreach ((string name, StateBuffer buffer) in child.NamedBuffers())
            {
                yield return ($"{childName}.{name}", buffer);
            }
        }
    }

    /// <summary>
    /// Sets for all parameters whether operations on them are recorded; false saves that for a network that is not
    /// being trained.
    /// </summary>
    public void RequiresGradient(bool value)
    {
        foreach ((_, Parameter parameter) in NamedParameters()) parameter.Value.RequiresGradient = value;
    }

    /// <summary>Disposes parameters, buffers, children and whatever else the module owns.</summary>
    public void Dispose()
    {
        foreach (IDisposable part in _owned) part.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <returns>The state of this module and its children, in the order of the state dict.</returns>
    internal IEnumerable<StateSlot> Slots(string prefix = "")
    {
        foreach ((string name, Parameter parameter) in _parameters)
        {
            yield return StateSlot.Of(prefix + name, parameter.Value.Value, parameter.Layout);
        }

        foreach ((string name, StateBuffer buffer) in _buffers)
        {
            yield return StateSlot.Of(prefix + name, buffer.Value, buffer.Layout);
        }
        foreach ((string name, Module child) in _children)
        {
            foreach (StateSlot slot in child.Slots($"{prefix}{name}.")) yield return slot;
        }
    }

    /// <param name="name">The name within this module; unique and not empty.</param>
    /// <param name="child">Disposed with this module.</param>
    /// <returns><paramref name="child"/>.</returns>
    /// <exception cref="ArgumentException">The name is empty or taken.</exception>
    protected T Register<T>(string name, T child)
        where T : Module
    {
        Take(name, child);
        _children.Add((name, child));
        return child;
    }

    /// <param name="name">The name within this module; unique and not empty.</param>
    /// <param name="parameter">Disposed with this module.</param>
    /// <returns><paramref name="parameter"/>.</returns>
    /// <exception cref="ArgumentException">The name is empty or taken.</exception>
    protected Parameter Register(string name, Parameter parameter)
    {
        Take(name, parameter);
        _parameters.Add((name, parameter));
        return parameter;
    }

    /// <param name="name">The name within this module; unique and not empty.</param>
    /// <param name="buffer">Disposed with this module.</param>
    /// <returns><paramref name="buffer"/>.</returns>
    /// <exception cref="ArgumentException">The name is empty or taken.</exception>
    protected StateBuffer Register(string name, StateBuffer buffer)
    {
        Take(name, buffer);
        _buffers.Add((name, buffer));
        return buffer;
    }

    /// <param name="tensor">A constant that is not part of the state dict; disposed with this module.</param>
    /// <returns><paramref name="tensor"/>.</returns>
    protected Tensor Own(Tensor tensor)
    {
        _owned.Add(tensor.Unscoped());
        return tensor;
    }

    private void Take(string name, IDisposable part)
    {
        if (name.Length == 0 || !_names.Add(name))
        {
            throw new ArgumentException($"{GetType().Name}: a name must be new and not empty, got \"{name}\"");
        }

        _owned.Add(part);
    }
}
