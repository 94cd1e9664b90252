using System.Runtime.CompilerServices;

namespace GenKernels.Runtime;

/// <summary>One argument of a launch: a tensor, by its address, or a number, by its bits.</summary>
public readonly struct KernelArgument
{
    private KernelArgument(ulong bits, int size, Tensor? tensor = null)
    {
        Bits = bits;
        Size = size;
        Tensor = tensor;
    }

    /// <summary>The value, in the lowest <see cref="Size"/> bytes.</summary>
    public ulong Bits { get; }

    /// <summary>The size in bytes.</summary>
    public int Size { get; }

    /// <summary>The tensor whose address this is, or null.</summary>
    public Tensor? Tensor { get; }

    public static implicit operator KernelArgument(Tensor? tensor) =>
        new(tensor is null ? 0 : (ulong)tensor.Address, 8, tensor);

    public static implicit operator KernelArgument(int value) => new((uint)value, 4);

    public static implicit operator KernelArgument(long value) => new((ulong)value, 8);

    public static implicit operator KernelArgument(float value) => new(BitConverter.SingleToUInt32Bits(value), 4);

    public static implicit operator KernelArgument(double value) => new(BitConverter.DoubleToUInt64Bits(value), 8);

    /// <param name="address">A pointer that no tensor owns, such as a function of a native library.</param>
    public static KernelArgument Pointer(nint address) => new((ulong)address, 8);

    /// <param name="value">A structure that the kernel takes by value; at most 8 bytes.</param>
    internal static KernelArgument Structure<T>(T value)
        where T : unmanaged
    {
        ulong bits = 0;
        Unsafe.WriteUnaligned(ref Unsafe.As<ulong, byte>(ref bits), value);
        return new KernelArgument(bits, Unsafe.SizeOf<T>());
    }
}
