namespace GenKernels.Kernels.MatrixProduct;

/// <summary>Operands in another type, disposed together.</summary>
internal sealed class OperandScope : IDisposable
{
    private readonly List<Tensor> _tensors = [];

    /// <inheritdoc/>
    public void Dispose() => _tensors.ForEach(tensor => tensor.Dispose());

    /// <returns>The tensor in another type; null for none.</returns>
    internal Tensor? Cast(Tensor? tensor, ElementType type)
    {
        if (tensor is null) return null;
        _tensors.Add(Elementwise.Cast.Forward(tensor, type));
        return _tensors[^1];
    }
}
