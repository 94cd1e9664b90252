namespace GenKernels.Runtime;

/// <summary>
/// The memory that a launch may access: exactly the elements of its tensor arguments. Overlapping tensors form one
/// buffer; disjoint views of one tensor are separate buffers.
/// </summary>
internal sealed unsafe class LaunchBuffers
{
    private readonly List<(nint Start, nint End)> _ranges = [];

    internal LaunchBuffers(ReadOnlySpan<KernelArgument> arguments)
    {
        List<(nint Start, nint End)> tensors = [];
        foreach (KernelArgument argument in arguments)
        {
            if (argument.Tensor is { } tensor) tensors.Add(Range(tensor));
        }

        tensors.Sort();
        foreach ((nint start, nint end) in tensors)
        {
            if (_ranges.Count > 0 && (start < _ranges[^1].End || start == _ranges[^1].Start))
            {
                _ranges[^1] = (_ranges[^1].Start, Math.Max(end, _ranges[^1].End));
            }
            else _ranges.Add((start, end));
        }
    }

    internal int Count => _ranges.Count;

    /// <returns>The buffer that holds a tensor, and the tensor's offset in it in bytes.</returns>
    internal (int Buffer, long Offset) Find(Tensor tensor)
    {
        (nint start, nint end) = Range(tensor);
        int buffer = _ranges.FindIndex(range => range.Start <= start && end <= range.End);
        return (buffer, start - _ranges[buffer].Start);
    }

    /// <summary>Writes each buffer as its size, in eight bytes, followed by its bytes.</summary>
    internal void WriteTo(Stream stream)
    {
        foreach ((nint start, nint end) in _ranges)
        {
            long bytes = end - start;
            stream.Write(new ReadOnlySpan<byte>(&bytes, sizeof(long)));
            stream.Write(Bytes((start, end)));
        }
    }

    /// <summary>Reads the bytes of each buffer, without sizes.</summary>
    internal void ReadFrom(Stream stream)
    {
        foreach ((nint Start, nint End) range in _ranges) stream.ReadExactly(Bytes(range));
    }

    /// <returns>A copy of the bytes of each buffer.</returns>
    internal byte[][] Copy() => [.. _ranges.Select(range => Bytes(range).ToArray())];

    /// <summary>Sets the bytes of each buffer to those of an earlier <see cref="Copy"/>.</summary>
    internal void Restore(byte[][] copy)
    {
        for (int buffer = 0; buffer < copy.Length; buffer++) copy[buffer].CopyTo(Bytes(_ranges[buffer]));
    }

    /// <returns>
    /// The first argument and element that differ from <paramref name="copy"/>, in words; empty where none does.
    /// </returns>
    internal string FirstDifference(byte[][] copy, ReadOnlySpan<KernelArgument> arguments)
    {
        for (int index = 0; index < arguments.Length; index++)
        {
            if (arguments[index].Tensor is not { } tensor) continue;
            (int buffer, long offset) = Find(tensor);
            Span<byte> now = Bytes(_ranges[buffer]).Slice((int)offset, (int)tensor.Bytes);
            int same = now.CommonPrefixLength(copy[buffer].AsSpan((int)offset));
            if (same < now.Length) return $"argument {index}, {tensor}, at element {same / tensor.Type.Size()}";
        }

        return "";
    }

    private static Span<byte> Bytes((nint Start, nint End) range) =>
        new((void*)range.Start, (int)(range.End - range.Start));

    private static (nint Start, nint End) Range(Tensor tensor) =>
        (tensor.Address, tensor.Address + (nint)tensor.Bytes);
}
