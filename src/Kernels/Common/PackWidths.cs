namespace GenKernels.Kernels.Common;

/// <summary>How many neighbouring elements a kernel loads together, its define <c>PackWidth</c>.</summary>
internal static class PackWidths
{
    private const int VectorBytes = 16;

    /// <summary>What kernels are compiled for: single elements, and 16 bytes of each type.</summary>
    internal static readonly string[] Variants = [Variant(1), Variant(2), Variant(4), Variant(8)];

    /// <returns>The defines of a kernel that loads so many elements together.</returns>
    internal static string Variant(int width) => $"PackWidth={width}";

    /// <param name="tensors">Of one type and number of channels, the last axis.</param>
    /// <returns>
    /// 16 bytes of elements where channels and addresses allow; else, and on the host, whose compiler vectorises, 1.
    /// </returns>
    internal static int For(params ReadOnlySpan<Tensor> tensors)
    {
        int width = VectorBytes / tensors[0].Type.Size();
        bool fits = tensors[0].Device.WarpSize > 1 && tensors[0].Shape[^1] % width == 0;
        foreach (Tensor tensor in tensors) fits &= tensor.Address % VectorBytes == 0;
        return fits ? width : 1;
    }
}
