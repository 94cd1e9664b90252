using System.Collections;
using System.Runtime.CompilerServices;

namespace GenKernels.Runtime;

/// <summary>The sizes of a tensor's axes, outermost first; a scalar has none. Written <c>[2, 3, 4]</c>.</summary>
[CollectionBuilder(typeof(Shape), nameof(Create))]
public readonly struct Shape : IEquatable<Shape>, IReadOnlyList<int>
{
    private readonly int[]? _sizes;

    private Shape(int[] sizes) => _sizes = sizes;

    /// <summary>The number of axes.</summary>
    public int Rank => _sizes?.Length ?? 0;

    /// <summary>The product of all sizes: 1 for a scalar.</summary>
    public long ElementCount => Product(0, Rank);

    /// <inheritdoc/>
    public int Count => Rank;

    /// <param name="axis">From 0, or from the end: <c>shape[^1]</c> is the fastest-varying axis.</param>
    public int this[int axis] => _sizes is { } sizes && (uint)axis < (uint)sizes.Length
        ? sizes[axis]
        : throw new ShapeException($"shape {this} has no axis {axis}");

    /// <param name="sizes">Outermost first; none negative.</param>
    /// <exception cref="ShapeException">
    /// A size is negative, or the product of those that are not 0 is 2^63 or more: no product of some axes overflows.
    /// </exception>
    public static Shape Create(ReadOnlySpan<int> sizes)
    {
        Shape shape = new(sizes.ToArray());
        long product = 1;
        foreach (int size in sizes)
        {
            if (size < 0) throw new ShapeException($"a size must not be negative, got {shape}");
            if (size == 0) continue;
            if (product > long.MaxValue / size)
            {
                throw new ShapeException(
                    $"the product of a shape's sizes, zeros left out, must be less than 2^63, got {shape}");
            }

            product *= size;
        }

        return shape;
    }

    public static bool operator ==(Shape left, Shape right) => left.Equals(right);

    public static bool operator !=(Shape left, Shape right) => !left.Equals(right);

    /// <returns>The sizes as a span, without a copy.</returns>
    public ReadOnlySpan<int> AsSpan() => _sizes;

    /// <returns>
    /// The product of the sizes of axes <paramref name="first"/> up to but not including <paramref name="end"/>.
    /// </returns>
    public long Product(int first, int end)
    {
        long product = 1;
        for (int axis = first; axis < end; axis++) product *= _sizes![axis];
        return product;
    }

    /// <returns>The axis counted from 0; a negative <paramref name="axis"/> counts from the end.</returns>
    /// <exception cref="ShapeException">There is no such axis.</exception>
    public int Axis(int axis)
    {
        int positive = axis < 0 ? axis + Rank : axis;
        return (uint)positive < (uint)Rank ? positive : throw new ShapeException($"shape {this} has no axis {axis}");
    }

    /// <returns>The same shape with another size at <paramref name="axis"/>.</returns>
    public Shape With(int axis, int size)
    {
        int[] sizes = [.. AsSpan()];
        sizes[Axis(axis)] = size;
        return Create(sizes);
    }

    /// <inheritdoc/>
    public bool Equals(Shape other) => AsSpan().SequenceEqual(other.AsSpan());

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Shape other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        HashCode hash = default;
        foreach (int size in AsSpan()) hash.Add(size);
        return hash.ToHashCode();
    }

    /// <inheritdoc/>
    public override string ToString() => $"[{string.Join(", ", _sizes ?? [])}]";

    /// <inheritdoc/>
    public IEnumerator<int> GetEnumerator() => ((IEnumerable<int>)(_sizes ?? [])).GetEnumerator();

    /// <inheritdoc/>
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
