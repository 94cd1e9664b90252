namespace GenKernels.Runtime;

/// <summary>
/// On disposal disposes every tensor that its thread made on its device while it was open and did not keep. Scopes
/// nest; a tensor belongs to the innermost scope that was open when it was made.
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

    /// <summary>Moves a tensor to the enclosing scope, or to the caller's care where there is none.</summary>
    /// <returns><paramref name="tensor"/>.</returns>
    public Tensor Keep(Tensor tensor)
    {
        if (tensor.Scope != this) return tensor;
        tensor.Scope = _outer;
        _outer?.Add(tensor);
        return tensor;
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">Another thread opened the scope.</exception>
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
        if (!_device.IsDisposed) _device.CurrentScope = _outer;
        foreach (Tensor tensor in _tensors)
        {
            if (tensor.Scope == this) tensor.Dispose();
        }

        _tensors.Clear();
    }

    /// <summary>
    /// Adds a tensor. Now and then, entries that were disposed or moved elsewhere are dropped, so that a long loop
    /// within one scope does not keep every tensor that it ever made.
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
