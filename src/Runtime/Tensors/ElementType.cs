namespace GenKernels.Runtime;

/// <summary>The type of a tensor's elements; the names are those of the safetensors format, spelled out.</summary>
public enum ElementType
{
    /// <summary>64-bit float, the type of gradient checks.</summary>
    Float64,

    /// <summary>32-bit float, the default type of training.</summary>
    Float32,

    /// <summary>IEEE half: 16-bit float with 5 exponent bits.</summary>
    Float16,

    /// <summary>Brain float: 16-bit float with 8 exponent bits.</summary>
    BFloat16,

    /// <summary>32-bit signed integer.</summary>
    Int32,

    /// <summary>64-bit signed integer.</summary>
    Int64,

    /// <summary>8-bit unsigned integer.</summary>
    UInt8,
}

/// <summary>Properties of an <see cref="ElementType"/>.</summary>
public static class ElementTypes
{
    /// <returns>The size of one element in bytes.</returns>
    public static int Size(this ElementType type) => type switch
    {
        ElementType.Float64 or ElementType.Int64 => 8,
        ElementType.Float32 or ElementType.Int32 => 4,
        ElementType.Float16 or ElementType.BFloat16 => 2,
        ElementType.UInt8 => 1,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "unknown element type"),
    };

    /// <returns>Whether the type is one of the four float types.</returns>
    public static bool IsFloat(this ElementType type) => type <= ElementType.BFloat16;

    /// <returns>The type that sums of a float type accumulate in: 64-bit floats for those, else 32-bit ones.</returns>
    public static ElementType SumType(this ElementType type) =>
        type == ElementType.Float64 ? ElementType.Float64 : ElementType.Float32;

    /// <returns>The name of the type in the kernels' C++: the value of <c>Scalar</c>.</returns>
    public static string KernelName(this ElementType type) => type switch
    {
        ElementType.Float64 => "double",
        ElementType.Float32 => "float",
        ElementType.Float16 => "Half",
        ElementType.BFloat16 => "BFloat16",
        ElementType.Int32 => "int",
        ElementType.Int64 => "Int64",
        ElementType.UInt8 => "UInt8",
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "unknown element type"),
    };

    /// <returns>
    /// The element type of the .NET type <typeparamref name="T"/>, such as <see cref="BFloat16"/> or
    /// <see cref="Half"/>.
    /// </returns>
    /// <exception cref="ArgumentException"><typeparamref name="T"/> has no element type.</exception>
    public static ElementType Of<T>()
        where T : unmanaged
    {
        if (typeof(T) == typeof(float)) return ElementType.Float32;
        if (typeof(T) == typeof(double)) return ElementType.Float64;
        if (typeof(T) == typeof(Half)) return ElementType.Float16;
        if (typeof(T) == typeof(BFloat16)) return ElementType.BFloat16;
        if (typeof(T) == typeof(int)) return ElementType.Int32;
        if (typeof(T) == typeof(long)) return ElementType.Int64;
        if (typeof(T) == typeof(byte)) return ElementType.UInt8;
        throw new ArgumentException($"{typeof(T).Name} is no element type of a tensor");
    }
}
