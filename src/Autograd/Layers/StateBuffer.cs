namespace GenKernels.Autograd;

/// <summary>A tensor of a module that is saved but not trained: a filter, a running statistic, a count.</summary>
public sealed class StateBuffer : IDisposable
{
    /// <param name="value">A tensor of any type; the buffer disposes it, at once where the constructor throws.</param>
    /// <param name="layout">How a state dict stores it; unchanged by default.</param>
    /// <exception cref="ShapeException">The number of elements differs from the layout's.</exception>
    public StateBuffer(Tensor value, StateLayout? layout = null)
    {
        Layout = layout ?? StateLayout.Identity(value.Shape);
        try
        {
            Layout.RequireFits(value);
        }
        catch
        {
            value.Dispose();
            throw;
        }

        Value = value.Unscoped();
    }

    /// <summary>The tensor; changed in place, by <see cref="Tensor.CopyFrom(Tensor)"/> or a kernel.</summary>
    public Tensor Value { get; }

    /// <summary>How a state dict stores it.</summary>
    public StateLayout Layout { get; }

    public static implicit operator Variable(StateBuffer buffer) => new(buffer.Value);

    /// <inheritdoc/>
    public void Dispose() => Value.Dispose();
}
