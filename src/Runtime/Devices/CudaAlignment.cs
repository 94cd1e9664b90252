namespace GenKernels.Runtime;

/// <summary>What operands are aligned to, as NVIDIA's libraries ask it.</summary>
internal static class CudaAlignment
{
    /// <returns>The greatest power of two that divides the addresses of all tensors, in bytes.</returns>
    /// <param name="most">A power of two that the result does not exceed.</param>
    /// <param name="tensors">Whose first elements count.</param>
    internal static int Of(int most, params ReadOnlySpan<Tensor> tensors)
    {
        long bits = most;
        foreach (Tensor tensor in tensors) bits |= tensor.Address;
        return (int)(bits & -bits);
    }
}
