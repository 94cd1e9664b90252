using System.Runtime.InteropServices;

namespace GenKernels.Autograd;

/// <summary>
/// How a tensor of this library ("ours") corresponds to that of the original release: viewed under another shape and
/// with its axes permuted, the original has the elements in the order of ours.
/// </summary>
public sealed class StateLayout
{
    private readonly int[] _sizes;
    private readonly long[] _strides;
    private readonly bool _isIdentity;

    /// <param name="original">The shape in the state dict.</param>
    /// <param name="view">The same elements under another shape.</param>
    /// <param name="axes">For each axis of ours the axis of <paramref name="view"/> that it is: a permutation.</param>
    /// <exception cref="ArgumentException">
    /// The numbers of elements differ, or <paramref name="axes"/> is no permutation.
    /// </exception>
    public StateLayout(Shape original, Shape view, params int[] axes)
    {
        Require.That(original.ElementCount == view.ElementCount, $"{original} cannot be seen as {view}");
        Require.That(
            axes.Order().SequenceEqual(Enumerable.Range(0, view.Rank)),
            $"[{string.Join(", ", axes)}] is no permutation of the axes of {view}");

        Original = original;
        _sizes = Array.ConvertAll(axes, axis => view[axis]);
        _strides = Array.ConvertAll(axes, axis => view.Product(axis + 1, view.Rank));
        _isIdentity = axes.SequenceEqual(Enumerable.Range(0, axes.Length));
    }

    /// <summary>The shape in the state dict.</summary>
    public Shape Original { get; }

    /// <returns>The layout of a tensor that is stored unchanged.</returns>
    public static StateLayout Identity(Shape shape) => new(shape, shape, [.. Enumerable.Range(0, shape.Rank)]);

    /// <param name="original">
    /// A channels-first shape, as in <c>[O, I, kT, kH, kW]</c> or <c>[N, C, H, W]</c>, of rank 2 at least.
    /// </param>
    /// <returns>The layout where ours is channels-last, as in <c>[O, kT, kH, kW, I]</c>.</returns>
    /// <exception cref="ShapeException">The rank is below 2.</exception>
    public static StateLayout ChannelsLast(Shape original)
    {
        Require.That(original.Rank >= 2, $"a channels-first shape must have rank 2 or more, got {original}");
        return new(original, original, [0, .. Enumerable.Range(2, original.Rank - 2), 1]);
    }

    /// <returns>The bytes of the elements in the order of ours.</returns>
    internal byte[] ToOurs(byte[] original, ElementType type) => Reorder(original, type, toOurs: true);

    /// <returns>The bytes of the elements in the order of the state dict.</returns>
    internal byte[] ToOriginal(byte[] ours, ElementType type) => Reorder(ours, type, toOurs: false);

    /// <exception cref="ShapeException">The tensor has another number of elements.</exception>
    internal void RequireFits(Tensor tensor) =>
        Require.That(
            tensor.ElementCount == Original.ElementCount, $"a tensor {tensor.Shape} cannot be held as {Original}");

    private byte[] Reorder(byte[] source, ElementType type, bool toOurs)
    {
        if (_isIdentity || source.Length == 0) return source;
        byte[] target = new byte[source.Length];
        switch (type.Size())
        {
            case 1: Reorder<byte>(source, target, toOurs); break;
            case 2: Reorder<ushort>(source, target, toOurs); break;
            case 4: Reorder<uint>(source, target, toOurs); break;
            default: Reorder<ulong>(source, target, toOurs); break;
        }

        return target;
    }

    private void Reorder<T>(byte[] sourceBytes, byte[] targetBytes, bool toOurs)
        where T : unmanaged
    {
        ReadOnlySpan<T> source = MemoryMarshal.Cast<byte, T>(sourceBytes);
        Span<T> target = MemoryMarshal.Cast<byte, T>(targetBytes.AsSpan());
        int[] index = new int[_sizes.Length];
        int rowLength = _sizes[^1];
        int rowStride = (int)_strides[^1];
        int original = 0;
        for (int row = 0; row < source.Length; row += rowLength)
        {
            for (int i = 0, at = original; i < rowLength; i++, at += rowStride)
            {
                if (toOurs) target[row + i] = source[at];
                else target[at] = source[row + i];
            }

            original += NextRow(index);
        }
    }

    /// <summary>Advances the index of the outer axes by one row of ours.</summary>
    /// <returns>The distance from the previous row in the original, in elements.</returns>
    private int NextRow(int[] index)
    {
        long distance = 0;
        for (int axis = index.Length - 2; axis >= 0; axis--)
        {
            distance += _strides[axis];
            if (++index[axis] < _sizes[axis]) return (int)distance;
            distance -= _sizes[axis] * _strides[axis];
            index[axis] = 0;
        }

        return (int)distance;
    }
}
