namespace GenKernels.Runtime;

/// <summary>The alignment of operands, as NVIDIA's libraries want to be told.</summary>
internal static class CudaAlignment
{
    /// <returns>The greatest power of two that divides the addresses of all tensors, in bytes.</returns>
    /// <param name="most">The upper limit of the result, a power of two.</param>
    /// <param name="tensors">The tensors, whose first elements' addresses count.</param>
    internal static int Of(int most, params ReadOnlySpan<Tensor> tensors)
    {
        long bits = most;
        foreach (Tensor tensor in tensors) bits |= tensor.Address;
        return (int)(bits & -bits);
    }
}
