namespace GenKernels.Runtime;

/// <summary>
/// Disposes, when it is disposed, every tensor that was made on its device by its thread since it began and was not
/// kept. Scopes nest; a tensor belongs to the innermost one that was open when it was made.
/// </summary>
public sealed class TensorScope : IDisposable
{
    private const int FewTensors = 64;
    private readonly Device _device;
    private readonly TensorScope? _outer;
    private readonly List<Tensor> _tensors = [];
    private readonly int _thread = Environment.CurrentManagedThreadId;
    private int _limit = FewTensors;
    private bool _disposed;

    internal TensorScope(Device device, TensorScope? outer)
    {
        _device = device;
        _outer = outer;
    }

    /// <summary>Hands a tensor on to the scope around this one, or to the caller where there is none.</summary>
    /// <returns><paramref name="tensor"/>.</returns>
    public Tensor Keep(Tensor tensor)
    {
        if (tensor.Scope != this) return tensor;
        tensor.Scope = _outer;
        _outer?.Add(tensor);
        return tensor;
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">Another thread opened it.</exception>
    public void Dispose()
    {
        if (_disposed) return;
        if (_thread != Environment.CurrentManagedThreadId)
        {
            throw new InvalidOperationException(
                $"a TensorScope must be disposed by the thread that opened it, {_thread}, got thread "
                + $"{Environment.CurrentManagedThreadId}");
        }

        _disposed = true;
        _device.CurrentScope = _outer;
        foreach (Tensor tensor in _tensors)
        {
            if (tensor.Scope == this) tensor.Dispose();
        }

        _tensors.Clear();
    }

    /// <summary>
    /// Takes a tensor in. From time to time those are forgotten that are gone or elsewhere, so that a long loop within
    /// one scope does not keep all that it ever made.
    /// </summary>
    internal void Add(Tensor tensor)
    {
        if (_tensors.Count >= _limit)
        {
            _tensors.RemoveAll(other => other.Scope != this);
            _limit = Math.Max(FewTensors, 2 * _tensors.Count);
        }

        _tensors.Add(tensor);
    }
}
