using System.Runtime.CompilerServices;

namespace GenKernels.Runtime;

/// <summary>
/// One argument of a launch: a tensor, as its address or as a tensor map; a number, as its bits; or a structure.
/// </summary>
public readonly struct KernelArgument
{
    private KernelArgument(
        ulong bits, int size, Tensor? tensor = null, bool isStructure = false, TensorMap? map = null)
    {
        Map = map;
        Bits = bits;
        Size = size;
        Tensor = tensor;
        IsStructure = isStructure;
    }

    /// <summary>The value, in the lowest <see cref="Size"/> bytes; of a structure, its address.</summary>
    public ulong Bits { get; }

    /// <summary>Whether <see cref="Bits"/> is the address of the value.</summary>
    public bool IsStructure { get; }

    /// <summary>The size in bytes.</summary>
    public int Size { get; }

    /// <summary>The tensor whose address this is, or null.</summary>
    public Tensor? Tensor { get; }

    /// <summary>
    /// The tensor map of <see cref="Tensor"/> where the kernel takes one in place of an address; else null.
    /// </summary>
    internal TensorMap? Map { get; }

    public static implicit operator KernelArgument(Tensor? tensor) =>
        new(tensor is null ? 0 : (ulong)tensor.Address, 8, tensor);

    public static implicit operator KernelArgument(int value) => new((uint)value, 4);

    public static implicit operator KernelArgument(long value) => new((ulong)value, 8);

    public static implicit operator KernelArgument(float value) => new(BitConverter.SingleToUInt32Bits(value), 4);

    public static implicit operator KernelArgument(double value) => new(BitConverter.DoubleToUInt64Bits(value), 8);

    /// <param name="address">A pointer that no tensor owns, such as a function of a native library.</param>
    public static KernelArgument Pointer(nint address) => new((ulong)address, 8);

    /// <param name="value">
    /// A structure that the kernel takes by value. It must be a local of the launcher, which outlives the launch; its
    /// layout is that of the kernel's own structure.
    /// </param>
    public static unsafe KernelArgument Structure<T>(ref T value)
        where T : unmanaged => new((ulong)(nint)Unsafe.AsPointer(ref value), sizeof(T), null, isStructure: true);

    /// <param name="tensor">The tensor that boxes are copied from.</param>
    /// <param name="map">Its layout and the shape of the boxes.</param>
    internal static KernelArgument Mapped(Tensor tensor, TensorMap map) =>
        new((ulong)tensor.Address, TensorMap.Bytes, tensor, map: map);

    /// <returns>The same argument with another tensor.</returns>
    internal KernelArgument Of(Tensor tensor) => new((ulong)tensor.Address, Size, tensor, map: Map);

    /// <returns>A structure at an address that stays valid for all launches with it.</returns>
    internal static KernelArgument StructureAt(nint address, int size) =>
        new((ulong)address, size, null, isStructure: true);
}
