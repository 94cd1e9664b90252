namespace GenKernels.Runtime;

/// <summary>One tensor of a safetensors file, without its bytes.</summary>
/// <param name="Name">Unique in the file.</param>
/// <param name="ElementType">A BOOL of the file is a <see cref="ElementType.UInt8"/> of 0 or 1.</param>
/// <param name="Shape">Outermost axis first; empty for a scalar.</param>
/// <param name="Length">In bytes: the number of elements times the size of one.</param>
public sealed record SafetensorsEntry(string Name, ElementType ElementType, Shape Shape, long Length)
{
    /// <summary>Where the bytes start, counted from the end of the header.</summary>
    internal long Offset { get; init; }
}
