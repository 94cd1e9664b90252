using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace GenKernels.Kernels.Movement;

/// <summary>
/// A copy of up to six axes, after merging neighbours; laid out as <c>CopyPlan</c> in <c>StridedCopy.cu</c>.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal struct CopyPlan
{
    /// <summary>The axes of every plan; the outer ones that it does not need have size 1.</summary>
    internal const int Axes = 6;

    private Integers _size;
    private Integers _start;
    private Integers _step;
    private Integers _limit;
    private Longs _sourceStride;
    private Longs _targetStride;

    /// <param name="axes">Outermost first; any number that merges to at most six.</param>
    /// <exception cref="ShapeException">More than six axes remain.</exception>
    internal CopyPlan(ReadOnlySpan<CopyAxis> axes)
    {
        Span<CopyAxis> joined = stackalloc CopyAxis[Math.Max(1, axes.Length)];
        int count = 0;
        foreach (CopyAxis axis in axes)
        {
            if (axis.Size == 1 && axis.Start >= 0 && axis.Start < axis.Limit && axis.Limit == 1) continue;
            if (count > 0 && joined[count - 1].Joins(axis)) joined[count - 1] = joined[count - 1].Join(axis);
            else joined[count++] = axis;
        }

        Require.That(count <= Axes, $"a copy can have at most {Axes} axes, {count} remain");
        for (int slot = 0; slot < Axes; slot++)
        {
            int axis = slot - (Axes - count);
            CopyAxis copied = axis >= 0 ? joined[axis] : new CopyAxis(1, 0, 1, 1, 0, 0);
            _size[slot] = copied.Size;
            _start[slot] = copied.Start;
            _step[slot] = copied.Step;
            _limit[slot] = copied.Limit;
            _sourceStride[slot] = copied.SourceStride;
            _targetStride[slot] = copied.TargetStride;
        }
    }

    /// <summary>An axis, outermost first.</summary>
    internal readonly CopyAxis this[int axis] => new(
        _size[axis], _start[axis], _step[axis], _limit[axis], _sourceStride[axis], _targetStride[axis]);

    /// <summary>Elements of the innermost axis.</summary>
    internal readonly int RowLength => _size[Axes - 1];

    /// <summary>Elements in all.</summary>
    internal readonly long Count
    {
        get
        {
            long count = 1;
            for (int axis = 0; axis < Axes; axis++) count *= _size[axis];
            return count;
        }
    }

    /// <returns>
    /// Whether all rows are contiguous on both sides, lie within the source along their axis, and begin at multiples of
    /// <paramref name="width"/> elements.
    /// </returns>
    internal readonly bool HasRowsOfPacks(int width)
    {
        const int last = Axes - 1;
        bool fits = _sourceStride[last] == 1 && _targetStride[last] == 1 && _step[last] == 1 && _start[last] >= 0
            && _start[last] + _size[last] <= _limit[last] && _size[last] % width == 0 && _start[last] % width == 0;
        for (int axis = 0; axis < last; axis++)
        {
            fits &= _sourceStride[axis] % width == 0 && _targetStride[axis] % width == 0;
        }

        return fits;
    }

    [InlineArray(Axes)]
    private struct Integers
    {
        private int _first;
    }

    [InlineArray(Axes)]
    private struct Longs
    {
        private long _first;
    }
}
