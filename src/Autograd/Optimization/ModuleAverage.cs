using GenKernels.Kernels.Optimization;

namespace GenKernels.Autograd;

/// <summary>
/// An exponential moving average of a module, parameters and buffers, held in a second module of the same structure.
/// </summary>
public sealed class ModuleAverage : IDisposable
{
    private readonly ParameterArena _source;
    private readonly (StateBuffer From, StateBuffer To)[] _buffers;
    private readonly Tensor _weight;

    /// <summary>Starts as a copy of the first module.</summary>
    /// <param name="source">The parameters of the module that is averaged; must live as long as this is used.</param>
    /// <param name="module">A module of the same structure; its owner disposes it.</param>
    /// <exception cref="ArgumentException">
    /// The two differ in the names or shapes of their state, or in the types of their buffers.
    /// </exception>
    public ModuleAverage(ParameterArena source, Module module)
    {
        _source = source;
        Arena = new ParameterArena(module);
        try
        {
            Arena.RequireSameStructure(source);
            _buffers = Pairs(source.Module, module);
            _weight = Tensor.Zeros([1], ElementType.Float32, source.Values.Device).Unscoped();
            module.RequiresGradient(false);
            Reset();
        }
        catch
        {
            Arena.Dispose();
            _weight?.Dispose();
            throw;
        }
    }

    /// <summary>The parameters of the average.</summary>
    public ParameterArena Arena { get; }

    /// <summary>Resets the average to a copy of the module.</summary>
    public void Reset()
    {
        Arena.Values.CopyFrom(_source.Values);
        foreach ((StateBuffer from, StateBuffer to) in _buffers) to.Value.CopyFrom(from.Value);
    }

    /// <summary>Updates parameters and buffers: average + (1 - beta) (current - average).</summary>
    /// <param name="beta">The decay of the average, 0 to 1.</param>
    public void Update(double beta)
    {
        Prepare(beta);
        ApplyToParameters();
        ApplyToBuffers();
    }

    /// <summary>Copies the weight 1 - beta to the device: the part of an update that is not recorded.</summary>
    /// <param name="beta">The decay of the average, 0 to 1.</param>
    public void Prepare(double beta) => _weight.CopyFrom<float>([(float)(1 - beta)]);

    /// <summary>
    /// Updates the parameters by the weight last prepared; not needed where the optimizer's step does it.
    /// </summary>
    public void ApplyToParameters() => Lerp.Into(_source.Values, Arena.Values, _weight);

    /// <summary>Updates the buffers by the weight last prepared; integer buffers are copied.</summary>
    public void ApplyToBuffers()
    {
        foreach ((StateBuffer from, StateBuffer to) in _buffers)
        {
            if (from.Value.Type.IsFloat()) Lerp.Into(from.Value, to.Value, _weight);
            else to.Value.CopyFrom(from.Value);
        }
    }

    /// <summary>Frees the arena of the average; its module keeps its values.</summary>
    public void Dispose()
    {
        Arena.Dispose();
        _weight.Dispose();
    }

    private static (StateBuffer From, StateBuffer To)[] Pairs(Module source, Module average)
    {
        (string Name, StateBuffer Buffer)[] from = [.. source.NamedBuffers()];
        (string Name, StateBuffer Buffer)[] to = [.. average.NamedBuffers()];
        Require.That(from.Length == to.Length, $"{to.Length} buffers against {from.Length}");
        foreach (((string name, StateBuffer buffer), (string otherName, StateBuffer other)) in to.Zip(from))
        {
            (Tensor value, Tensor otherValue) = (buffer.Value, other.Value);
            Require.That(
                name == otherName && value.Shape == otherValue.Shape && value.Type == otherValue.Type,
                $"{name} {value.Type}{value.Shape} against {otherName} {otherValue.Type}{otherValue.Shape}");
        }

        return [.. from.Zip(to, (left, right) => (left.Buffer, right.Buffer))];
    }
}
