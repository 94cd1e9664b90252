using GenKernels.Kernels.Common;

namespace GenKernels.Kernels.Reduction;

/// <summary>Launches <c>Reduce.cu</c>: sums, sums of squares and maxima along axes.</summary>
public static class Reduce
{
    // Up to this length one warp reduces a whole row, or the CPU's one thread its columns; longer axes are split into
    // segments that are reduced in parallel.
    private const int LongestSegment = 1024;

    // Columns per block on the CPU, as in the kernel.
    private const int HostColumns = 64;

    private static readonly string[] s_stageTypes =
        ["Input=Scalar;Output=Scalar", "Input=Scalar;Output=Accumulator", "Input=Accumulator;Output=Scalar"];

    private static readonly string[] s_variants = [.. Variants()];
    private static readonly KernelSource s_source = Source("Reduction/Reduce.cu", s_variants);

    /// <summary>The launch of a reduction: its only one, or the first or last of two.</summary>
    private enum Stage
    {
        Whole,
        First,
        Last,
    }

    /// <summary>The kernel's file.</summary>
    internal static KernelSource SourceFile => s_source;

    /// <param name="kind">What is computed.</param>
    /// <param name="x">Any shape, floats.</param>
    /// <param name="firstAxis">The first of the consecutive axes to reduce, from 0.</param>
    /// <param name="axisCount">How many axes are reduced together, at least 1.</param>
    /// <param name="isWide">
    /// Whether the result keeps the type of the sums, of at least 32 bits, instead of that of <paramref name="x"/>.
    /// </param>
    /// <returns>
    /// A new tensor of the shape of <paramref name="x"/> with reduced axes of size 1; the caller or its scope disposes
    /// it.
    /// </returns>
    /// <exception cref="ShapeException">The axes are not axes of <paramref name="x"/>.</exception>
    public static Tensor Forward(ReduceKind kind, Tensor x, int firstAxis, int axisCount, bool isWide = false)
    {
        Require.Float(x);
        Require.That(
            firstAxis >= 0 && axisCount > 0 && firstAxis + axisCount <= x.Shape.Rank,
            $"axes {firstAxis} to {firstAxis + axisCount - 1} are not in {x.Shape}");

        Shape shape = x.Shape;
        for (int axis = firstAxis; axis < firstAxis + axisCount; axis++) shape = shape.With(axis, 1);
        int outer = Require.Product(x, 0, firstAxis);
        int length = Require.Product(x, firstAxis, firstAxis + axisCount);
        int inner = Require.Product(x, firstAxis + axisCount, x.Shape.Rank);
        ElementType sumType = x.Type.SumType();
        Tensor y = Tensor.Empty(shape, isWide ? sumType : x.Type, x.Device);
        if (y.ElementCount == 0) return y;
        int segmentCount = SegmentCount(x, outer, length, inner);
        if (segmentCount == 1)
        {
            Stage stage = y.Type == x.Type ? Stage.Whole : Stage.First;
            return Launch(kind, stage, x.Type, x, y, outer, length, inner, 1);
        }

        using Tensor partial = Tensor.Empty([outer, segmentCount, inner], sumType, x.Device);
        Launch(kind, Stage.First, x.Type, x, partial, outer, length, inner, segmentCount);
        ReduceKind second = kind == ReduceKind.SumOfSquares ? ReduceKind.Sum : kind;
        return Launch(second, Stage.Last, y.Type, partial, y, outer, segmentCount, inner, 1);
    }

    /// <returns>
    /// The first of two launches over all elements: results for parts of them, <c>[parts]</c>, in the type of sums. The
    /// caller or its scope disposes them.
    /// </returns>
    /// <exception cref="ShapeException"><paramref name="x"/> has 2^31 elements or more.</exception>
    internal static Tensor Parts(ReduceKind kind, Tensor x)
    {
        Require.Float(x);
        int length = Require.Product(x, 0, x.Shape.Rank);
        int segmentCount = SegmentCount(x, outer: 1, length, inner: 1);
        Tensor parts = Tensor.Empty([segmentCount], x.Type.SumType(), x.Device);
        return Launch(kind, Stage.First, x.Type, x, parts, outer: 1, length, inner: 1, segmentCount);
    }

    private static int SegmentCount(Tensor x, int outer, int length, int inner) =>
        inner == 1 || x.Device.WarpSize == 1
            ? Math.Max(1, Quotient.Up(length, LongestSegment))
            : new ColumnPlan(inner, x).SegmentCount(outer, length);

    private static Tensor Launch(
        ReduceKind kind, Stage stage, ElementType type, Tensor x, Tensor y, int outer, int length, int inner,
        int segmentCount)
    {
        int segmentLength = Quotient.Up(length, segmentCount);
        KernelModule module = x.Device.Load(s_source, type, s_variants[((int)kind * 3) + (int)stage]);
        LaunchCost cost = LaunchCost.Of(x, y) with
        {
            Operations = x.ElementCount * (kind == ReduceKind.SumOfSquares ? 2 : 1),
        };
        if (inner == 1)
        {
            // Segments of whole packs, because of which the last one may be empty.
            int width = x.Device.WarpSize == 1 ? 1 : PackWidths.Longest(x.Type);
            segmentLength = Quotient.Up(segmentLength, width) * width;
            bool isPacked = outer == 1 ? PackWidths.AreAligned(x) : PackWidths.For(length, x) > 1;
            LaunchShape shape = LaunchShape.WarpPerRow(x.Device, (long)outer * segmentCount) with { Cost = cost };
            module.Kernel("ReduceRows").Launch(
                shape, x, y, (long)outer, length, segmentLength, segmentCount, isPacked ? 1 : 0);
            return y;
        }

        ColumnPlan plan = new(inner, x);
        int tiles = x.Device.WarpSize == 1 ? Quotient.Up(inner, HostColumns) : plan.TileCount;
        LaunchShape blocks = LaunchShape.Blocks(x.Device, (long)outer * segmentCount * tiles) with { Cost = cost };
        module.Kernel("ReduceColumns").Launch(
            blocks, x, y, length, inner, segmentLength, segmentCount, KernelArgument.Structure(ref plan));
        return y;
    }

    private static IEnumerable<string> Variants() =>
        from kind in Enum.GetValues<ReduceKind>()
        let operation = kind switch
        {
            ReduceKind.Maximum => "Operation=Maximal;IsMaximum=1",
            ReduceKind.MaximumMagnitude => "Operation=MaximalMagnitude;IsMaximum=1",
            _ => $"Operation={kind};IsMaximum=0",
        }
        from types in s_stageTypes
        select $"{operation};{types}";
}
