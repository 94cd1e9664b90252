using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace GenKernels.Kernels.Movement;

/// <summary>One axis of a copy between two views.</summary>
/// <param name="Size">Of the copied region.</param>
/// <param name="Start">Of the first element, in the source; may lie outside of it.</param>
/// <param name="Step">Between elements of the source; negative to run backwards.</param>
/// <param name="Limit">Size of the source.</param>
/// <param name="SourceStride">In elements; 0 repeats the source.</param>
/// <param name="TargetStride">In elements.</param>
internal readonly record struct CopyAxis(int Size, int Start, int Step, int Limit, long SourceStride, long TargetStride)
{
    /// <summary>Whether this axis and the one inside it are one run of elements on both sides.</summary>
    internal bool Joins(CopyAxis inner) =>
        IsPlain && inner.IsPlain && inner.Start == 0 && inner.Size == inner.Limit
        && SourceStride == inner.SourceStride * inner.Size && TargetStride == inner.TargetStride * inner.Size
        && (long)Limit * inner.Size <= int.MaxValue;

    /// <summary>This axis and the one inside it as one.</summary>
    internal CopyAxis Join(CopyAxis inner) => new(
        Size * inner.Size, Start * inner.Size, 1, Limit * inner.Size, inner.SourceStride, inner.TargetStride);

    private bool IsPlain => Step == 1 && Start >= 0 && Start + Size <= Limit;
}

/// <summary>
/// A copy of up to six axes, neighbours joined; laid out as <c>CopyPlan</c> in <c>StridedCopy.cu</c>.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal struct CopyPlan
{
    private const int Axes = 6;
    private Integers _size;
    private Integers _start;
    private Integers _step;
    private Integers _limit;
    private Longs _sourceStride;
    private Longs _targetStride;

    /// <param name="axes">Outermost first, of any number that joins to at most six.</param>
    /// <exception cref="ShapeException">More than six remain.</exception>
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
