namespace GenKernels.Kernels.Common;

/// <summary>The width of a kernel's vectorised loads in elements, its define <c>PackWidth</c>.</summary>
internal static class PackWidths
{
    private const int VectorBytes = 16;

    /// <summary>The widths that kernels are compiled for: single elements, and 16 bytes of each type.</summary>
    internal static readonly string[] Variants = [Variant(1), Variant(2), Variant(4), Variant(8)];

    /// <returns>The defines of a kernel that loads this many elements at a time.</returns>
    internal static string Variant(int width) => $"PackWidth={width}";

    /// <returns>Elements of the type in 16 bytes.</returns>
    internal static int Longest(ElementType type) => VectorBytes / type.Size();

    /// <param name="tensors">
    /// Tensors of one type and one number of channels (the last axis); null for an absent one.
    /// </param>
    /// <returns>
    /// The elements in 16 bytes where channels and addresses allow it; otherwise, and on the host, whose compiler
    /// vectorises, 1.
    /// </returns>
    internal static int For(params ReadOnlySpan<Tensor?> tensors) => For(tensors[0]!.Shape[^1], tensors);

    /// <param name="rowLength">Row stride in elements.</param>
    /// <param name="tensors">Tensors of one type; null for an absent one.</param>
    /// <inheritdoc cref="For(ReadOnlySpan{Tensor?})"/>
    internal static int For(long rowLength, params ReadOnlySpan<Tensor?> tensors)
    {
        int width = Longest(tensors[0]!.Type);
        return rowLength % width == 0 && AreAligned(tensors) ? width : 1;
    }

    /// <returns>The flag that a kernel is passed: 1 where it may load 16 bytes at a time, otherwise 0.</returns>
    /// <inheritdoc cref="AreAligned" path="/param"/>
    internal static int PackedFlag(params ReadOnlySpan<Tensor?> tensors) => AreAligned(tensors) ? 1 : 0;

    /// <returns>
    /// Whether elements can be loaded 16 bytes at a time: never on the host, whose compiler vectorises.
    /// </returns>
    /// <param name="tensors">The first must be present; null for an absent other.</param>
    internal static bool AreAligned(params ReadOnlySpan<Tensor?> tensors)
    {
        bool fits = tensors[0]!.Device.WarpSize > 1;
        foreach (Tensor? tensor in tensors) fits &= tensor is null || tensor.Address % VectorBytes == 0;
        return fits;
    }
}
