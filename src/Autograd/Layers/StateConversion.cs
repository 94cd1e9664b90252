using System.Runtime.InteropServices;

namespace GenKernels.Autograd;

/// <summary>Converts between float types, and between integer types.</summary>
internal static class StateConversion
{
    internal static bool IsPossible(ElementType from, ElementType to) => from.IsFloat() == to.IsFloat();

    /// <returns>The converted elements, rounded to nearest; the same array where the types are equal.</returns>
    /// <exception cref="OverflowException">An integer does not fit.</exception>
    internal static byte[] Convert(byte[] bytes, ElementType from, ElementType to)
    {
        if (from == to) return bytes;
        return from.IsFloat() ? FromDoubles(ToDoubles(bytes, from), to) : FromLongs(ToLongs(bytes, from), to);
    }

    private static double[] ToDoubles(byte[] bytes, ElementType type) => type switch
    {
        ElementType.Float64 => MemoryMarshal.Cast<byte, double>(bytes).ToArray(),
        ElementType.Float32 => Map(MemoryMarshal.Cast<byte, float>(bytes), value => (double)value),
        ElementType.Float16 => Map(MemoryMarshal.Cast<byte, Half>(bytes), value => (double)value),
        _ => Map(MemoryMarshal.Cast<byte, BFloat16>(bytes), value => (double)(float)value),
    };

    private static byte[] FromDoubles(double[] values, ElementType type) => type switch
    {
        ElementType.Float64 => Bytes(values),
        ElementType.Float32 => Bytes(Map<double, float>(values, value => (float)value)),
        ElementType.Float16 => Bytes(Map<double, Half>(values, value => (Half)value)),
        _ => Bytes(Map<double, BFloat16>(values, value => (BFloat16)(float)value)),
    };

    private static long[] ToLongs(byte[] bytes, ElementType type) => type switch
    {
        ElementType.Int64 => MemoryMarshal.Cast<byte, long>(bytes).ToArray(),
        ElementType.Int32 => Map(MemoryMarshal.Cast<byte, int>(bytes), value => (long)value),
        _ => Map<byte, long>(bytes, value => value),
    };

    private static byte[] FromLongs(long[] values, ElementType type) => type switch
    {
        ElementType.Int64 => Bytes(values),
        ElementType.Int32 => Bytes(Map<long, int>(values, value => checked((int)value))),
        _ => Map<long, byte>(values, value => checked((byte)value)),
    };

    private static TTo[] Map<TFrom, TTo>(ReadOnlySpan<TFrom> values, Func<TFrom, TTo> convert)
    {
        TTo[] converted = new TTo[values.Length];
        for (int index = 0; index < converted.Length; index++) converted[index] = convert(values[index]);
        return converted;
    }

    private static byte[] Bytes<T>(T[] values)
        where T : unmanaged => MemoryMarshal.AsBytes(values.AsSpan()).ToArray();
}
