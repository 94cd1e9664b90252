namespace GenKernels.Autograd;

/// <summary>
/// A tensor of a module that is saved with it but not trained: a filter, a running statistic, a count.
/// </summary>
public sealed class StateBuffer : IDisposable
{
    /// <param name="value">Of any type; the buffer disposes it, at once where it refuses it.</param>
    /// <param name="layout">How a state dict holds it; as it is by default.</param>
    /// <exception cref="ShapeException">The value has not as many elements as the layout.</exception>
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

    /// <summary>The numbers; changed in place, by <see cref="Tensor.CopyFrom(Tensor)"/> or a kernel.</summary>
    public Tensor Value { get; }

    /// <summary>How a state dict holds it.</summary>
    public StateLayout Layout { get; }

    public static implicit operator Variable(StateBuffer buffer) => new(buffer.Value);

    /// <inheritdoc/>
    public void Dispose() => Value.Dispose();
}
