using System.Runtime.InteropServices;

namespace GenKernels.Autograd;

/// <summary>One tensor of a state dict; its bytes are produced on demand.</summary>
/// <param name="Name">Unique in the state dict.</param>
/// <param name="Type">The element type.</param>
/// <param name="Shape">Outermost axis first.</param>
/// <param name="Read">Returns the little-endian elements in row-major order.</param>
public sealed record StateEntry(string Name, ElementType Type, Shape Shape, Func<byte[]> Read)
{
    /// <param name="name">Unique in the state dict.</param>
    /// <param name="shape">Outermost axis first.</param>
    /// <param name="values">In row-major order.</param>
    /// <exception cref="ShapeException">The number of values is not that of the shape.</exception>
    public static StateEntry From<T>(string name, Shape shape, T[] values)
        where T : unmanaged
    {
        Require.That(
            values.Length == shape.ElementCount,
            $"{name}: {shape} has {shape.ElementCount} elements, got {values.Length}");
        return new StateEntry(
            name, ElementTypes.Of<T>(), shape, () => MemoryMarshal.AsBytes(values.AsSpan()).ToArray());
    }

    /// <returns>The elements in row-major order.</returns>
    /// <exception cref="ArgumentException"><typeparamref name="T"/> is not the entry's type.</exception>
    public T[] Values<T>()
        where T : unmanaged
    {
        if (ElementTypes.Of<T>() != Type) throw new ArgumentException($"{Name} holds {Type}, not {typeof(T).Name}");
        return MemoryMarshal.Cast<byte, T>(Read()).ToArray();
    }
}
