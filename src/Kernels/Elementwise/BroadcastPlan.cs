using System.Runtime.InteropServices;

namespace GenKernels.Kernels.Elementwise;

/// <summary>
/// Sizes and strides of a broadcast, neighbouring axes merged; laid out as <c>BroadcastPlan</c> in <c>Binary.cu</c>.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct BroadcastPlan
{
    private const int OuterAxes = 4;
    private readonly int _n1, _n2, _n3;
    private readonly long _a0, _a1, _a2, _a3;
    private readonly long _b0, _b1, _b2, _b3;
    private readonly int _aStep, _bStep;
    private readonly int _rowLength, _unused;

    private BroadcastPlan(ReadOnlySpan<(int Size, bool A, bool B)> axes)
    {
        Span<long> a = stackalloc long[OuterAxes];
        Span<long> b = stackalloc long[OuterAxes];
        Span<int> sizes = [1, 1, 1, 1];
        (int Size, bool A, bool B) row = axes[^1];
        long aStride = row.A ? row.Size : 1;
        long bStride = row.B ? row.Size : 1;
        for (int axis = axes.Length - 2, slot = OuterAxes - 1; axis >= 0; axis--, slot--)
        {
            sizes[slot] = axes[axis].Size;
            a[slot] = axes[axis].A ? aStride : 0;
            b[slot] = axes[axis].B ? bStride : 0;
            if (axes[axis].A) aStride *= axes[axis].Size;
            if (axes[axis].B) bStride *= axes[axis].Size;
        }

        (_n1, _n2, _n3) = (sizes[1], sizes[2], sizes[3]);
        (_a0, _a1, _a2, _a3) = (a[0], a[1], a[2], a[3]);
        (_b0, _b1, _b2, _b3) = (b[0], b[1], b[2], b[3]);
        (_aStep, _bStep) = (row.A ? 1 : 0, row.B ? 1 : 0);
        _rowLength = row.Size;
    }

    /// <summary>
    /// Whether a has whole rows, which then begin at multiples of the row length, and not one number per row.
    /// </summary>
    internal bool IsRowOfA => _aStep == 1;

    /// <summary>As <see cref="IsRowOfA"/>, of b.</summary>
    internal bool IsRowOfB => _bStep == 1;

    /// <summary>Elements of a row: the size of the innermost merged axis.</summary>
    internal int RowLength => _rowLength;

    /// <returns>The plan, and the shape of the result.</returns>
    /// <exception cref="ShapeException">
    /// The two sizes of an axis differ and neither is 1, or too many axes are left after merging.
    /// </exception>
    internal static BroadcastPlan For(Shape a, Shape b, out Shape result)
    {
        result = Broadcast(a, b);
        Span<(int Size, bool A, bool B)> axes = stackalloc (int, bool, bool)[Math.Max(1, result.Rank)];
        int count = 0;
        for (int axis = 0; axis < result.Rank; axis++)
        {
            int size = result[axis];
            if (size == 1) continue;
            (int Size, bool A, bool B) next =
                (size, SizeAt(a, axis, result.Rank) != 1, SizeAt(b, axis, result.Rank) != 1);
            bool joins = count > 0 && axes[count - 1].A == next.A && axes[count - 1].B == next.B
                && (long)axes[count - 1].Size * size <= int.MaxValue;
            if (joins) axes[count - 1].Size *= size;
            else axes[count++] = next;
        }

        if (count == 0) axes[count++] = (1, true, true);
        Require.That(
            count <= OuterAxes + 1, $"{a} against {b} leaves {count} axes; at most {OuterAxes + 1} can be broadcast");
        return new BroadcastPlan(axes[..count]);
    }

    private static Shape Broadcast(Shape a, Shape b)
    {
        if (a == b) return a;
        int[] sizes = new int[Math.Max(a.Rank, b.Rank)];
        for (int axis = 0; axis < sizes.Length; axis++)
        {
            (int left, int right) = (SizeAt(a, axis, sizes.Length), SizeAt(b, axis, sizes.Length));
            Require.That(
                left == right || left == 1 || right == 1, $"shapes {a} and {b} cannot be broadcast to each other");
            sizes[axis] = left == 1 ? right : left;
        }

        return Shape.Create(sizes);
    }

    /// <returns>The size of an axis of the result in one operand; its missing outer axes have size 1.</returns>
    private static int SizeAt(Shape shape, int axis, int rank) =>
        axis < rank - shape.Rank ? 1 : shape[axis - rank + shape.Rank];
}
