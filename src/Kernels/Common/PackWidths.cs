namespace GenKernels.Kernels.Common;

/// <summary>How many neighbouring elements a kernel loads together, its define <c>PackWidth</c>.</summary>
internal static class PackWidths
{
    private const int VectorBytes = 16;

    /// <summary>What kernels are compiled for: single elements, and 16 bytes of each type.</summary>
    internal static readonly string[] Variants = [Variant(1), Variant(2), Variant(4), Variant(8)];

    /// <returns>The defines of a kernel that loads so many elements together.</returns>
    internal static string Variant(int width) => $"PackWidth={width}";

    /// <returns>Elements of the type in 16 bytes.</returns>
    internal static int Longest(ElementType type) => VectorBytes / type.Size();

    /// <param name="tensors">Of one type and number of channels, the last axis; null where there is none.</param>
    /// <returns>
    /// 16 bytes of elements where channels and addresses allow; else, and on the host, whose compiler vectorises, 1.
    /// </returns>
    internal static int For(params ReadOnlySpan<Tensor?> tensors) => For(tensors[0]!.Shape[^1], tensors);

    /// <param name="rowLength">Elements from the beginning of a row to that of the next.</param>
    /// <param name="tensors">Of one type; null where there is none.</param>
    /// <inheritdoc cref="For(ReadOnlySpan{Tensor?})"/>
    internal static int For(long rowLength, params ReadOnlySpan<Tensor?> tensors)
    {
        int width = Longest(tensors[0]!.Type);
        return rowLength % width == 0 && AreAligned(tensors) ? width : 1;
    }

    /// <returns>What a kernel is told: 1 where it may load 16 bytes of elements at a time, else 0.</returns>
    /// <inheritdoc cref="AreAligned" path="/param"/>
    internal static int PackedFlag(params ReadOnlySpan<Tensor?> tensors) => AreAligned(tensors) ? 1 : 0;

    /// <returns>
    /// Whether neighbouring elements can be loaded 16 bytes at a time: not on the host, whose compiler vectorises.
    /// </returns>
    /// <param name="tensors">The first is there; null where another is not.</param>
    internal static bool AreAligned(params ReadOnlySpan<Tensor?> tensors)
    {
        bool fits = tensors[0]!.Device.WarpSize > 1;
        foreach (Tensor? tensor in tensors) fits &= tensor is null || tensor.Address % VectorBytes == 0;
        return fits;
    }
}
